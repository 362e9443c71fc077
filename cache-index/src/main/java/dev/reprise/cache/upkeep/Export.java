package dev.reprise.cache.upkeep;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.upkeep.ExportFormat.Marker;
import dev.reprise.cache.upkeep.ExportFormat.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries and the blobs that they name into one file, from which {@link Import} takes them
 * into another cache. Blobs pass through; only keys are held. Changes nothing, and may work beside
 * a run: what is evicted meanwhile is not in the file.
 */
public final class Export {
  private static final int AT_ONCE = 512;
  private static final long BYTES_AT_ONCE = 8 << 20;

  private final CacheIndex from;
  private final ResultStore store;
  private final Progress progress;

  // Per call of run().
  private final List<CacheKey> chosen = new ArrayList<>();
  private final Map<Fingerprint, String> blobs = new HashMap<>(); // what is wrong with each, or ""
  private final List<String> damaged = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>(); // of the part that is put together
  private long rowBytes;
  private int parts;
  private long seen;
  private long exported;
  private long bytes;
  private long expired;

  /**
   * @param from as seen from the scope of the entries alone
   */
  public Export(CacheIndex from, ResultStore store, Progress progress) {
    this.from = from;
    this.store = store;
    this.progress = progress;
  }

  /**
   * What came of it.
   *
   * @param exported number of entries
   * @param bytes of their blobs, each counted once
   * @param expired number of those that are past their time to live, which are left out
   * @param damaged one sentence for each that cannot be read or lacks a blob, likewise
   */
  public record Result(long exported, long bytes, long expired, List<String> damaged) {
    public Result {
      damaged = List.copyOf(damaged);
    }
  }

  /**
   * Exports all entries that {@code wanted} accepts. To be called once.
   *
   * @param mayBeWanted whether an entry of which no more than the key can be read may be one
   * @param source who does it
   * @param to the file, which is not closed; null to find out only what would be exported, without
   *     reading blobs
   * @param each shown what is exported
   * @param nowMillis by the index's clock
   * @throws CacheUnavailableException if the index cannot be read
   * @throws IOException if the file cannot be written: what is there is no export
   */
  public Result run(
      Predicate<CacheEntry> wanted,
      Predicate<CacheKey> mayBeWanted,
      ExportSource source,
      @Nullable OutputStream to,
      Consumer<CacheEntry> each,
      long nowMillis)
      throws CacheUnavailableException, IOException {
    from.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            if (wanted.test(entry)) {
              chosen.add(entry.key());
            }
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {
            if (key == null) {
              damaged.add("an entry cannot be read, and may be one of these: " + why);
            } else if (mayBeWanted.test(key)) {
              damaged.add("entry " + key + " cannot be read, and may be one of these: " + why);
            }
          }
        });
    ZipOutputStream zip = to == null ? null : new ZipOutputStream(to);
    for (int at = 0; at < chosen.size(); at += AT_ONCE) {
      add(chosen.subList(at, Math.min(chosen.size(), at + AT_ONCE)), zip, each, nowMillis);
    }
    endPart(zip);
    if (zip != null) {
      putPlain(zip, ExportFormat.MARKER, ExportFormat.encode(new Marker(source, parts, exported)));
      zip.finish();
    }
    return new Result(exported, bytes, expired, damaged);
  }

  private void add(
      List<CacheKey> keys, @Nullable ZipOutputStream zip, Consumer<CacheEntry> each, long nowMillis)
      throws CacheUnavailableException, IOException {
    for (CacheEntry entry : from.findAll(keys)) {
      if (entry == null) {
        continue; // evicted meanwhile
      }
      progress.at(++seen, bytes);
      if (entry.isExpired(nowMillis)) {
        expired++;
        continue;
      }
      String wrong = "";
      for (BlobRef blob : entry.manifest().blobs()) {
        String why = blobs.get(blob.address());
        if (why == null) {
          why = zip == null ? look(blob) : copy(blob, zip);
          blobs.put(blob.address(), why);
        }
        wrong = wrong.isEmpty() ? why : wrong;
      }
      if (wrong.isEmpty()) {
        add(new Row(entry.key(), EntryFormat.encode(entry)), zip);
        exported++;
        each.accept(entry);
      } else {
        damaged.add("entry " + entry.key() + " of '" + entry.origin().step() + "': " + wrong);
      }
    }
  }

  private void add(Row row, @Nullable ZipOutputStream zip) throws IOException {
    if (zip == null) {
      return;
    }
    if (rowBytes + row.record().size() > BYTES_AT_ONCE) {
      endPart(zip);
    }
    rows.add(row);
    rowBytes += row.record().size();
  }

  private void endPart(@Nullable ZipOutputStream zip) throws IOException {
    if (zip != null && !rows.isEmpty()) {
      putPlain(zip, ExportFormat.recordsName(parts++), ExportFormat.encode(rows));
      rows.clear();
      rowBytes = 0;
    }
  }

  private String look(BlobRef blob) {
    if (store.presence(blob.address(), blob.size()) != ResultStore.Presence.PRESENT) {
      return "blob " + blob.address() + " is not there";
    }
    bytes += blob.size();
    return "";
  }

  /** Returns what is wrong with the blob: then some of it is in the file, and nothing names it. */
  private String copy(BlobRef blob, ZipOutputStream zip) throws IOException {
    Location at = new Location.Stored(blob);
    InputStream in;
    try {
      in = store.read(at).open();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    zip.setLevel(Deflater.BEST_SPEED);
    zip.putNextEntry(new ZipEntry(ExportFormat.blobName(blob.address())));
    String wrong = "";
    try (in) {
      byte[] buffer = new byte[1 << 16];
      int count = 0;
      while (count >= 0) {
        zip.write(buffer, 0, count);
        try {
          count = in.read(buffer); // checks each chunk before it gives any of it
        } catch (IOException e) {
          wrong = String.valueOf(e.getMessage());
          count = -1;
        }
      }
    }
    zip.closeEntry();
    bytes += wrong.isEmpty() ? blob.size() : 0;
    return wrong;
  }

  /** Not compressed: what holds so much must be as large. */
  private static void putPlain(ZipOutputStream zip, String name, byte[] content)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
