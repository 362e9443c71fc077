package dev.reprise.cache.upkeep;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.store.StoredManifest;
import dev.reprise.cache.upkeep.BadExportException.Kind;
import dev.reprise.cache.upkeep.ExportFormat.Marker;
import dev.reprise.cache.upkeep.ExportFormat.Row;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Takes entries and their blobs from a file that {@link Export} wrote: first all of the file but
 * the bytes of blobs is checked, then entries are published as a commit publishes them. Cut short
 * at any time, it leaves whole entries, or blobs that nothing names; doing it again does the rest.
 */
public final class Import implements AutoCloseable {
  private static final int AT_ONCE = 512;
  private static final long BYTES_AT_ONCE = 256L << 20;
  private static final long LARGEST_PART = Integer.MAX_VALUE - 16L;
  private static final Pattern BLOB_NAME = Pattern.compile("blobs/[0-9a-f]{64}");
  private static final byte[] ZIP = {'P', 'K'};

  private final Path file;
  private final ZipFile zip;
  private final Marker marker;
  private final long bytes;

  private Import(Path file, ZipFile zip) throws IOException {
    this.file = file;
    this.zip = zip;
    this.marker = readMarker();
    checkNames();
    this.bytes = checkEntries();
  }

  /**
   * Opens a file and checks it, but for the bytes of blobs. Changes nothing.
   *
   * @throws BadExportException if it is not a whole file of exported entries that this release
   *     knows
   * @throws IOException if it cannot be read
   */
  public static Import open(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(ZIP.length);
      if (!Arrays.equals(start, ZIP)) {
        throw new BadExportException(Kind.NOT_OURS, "it is no file of exported entries");
      }
    }
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8);
    } catch (ZipException e) {
      throw new BadExportException(
          Kind.DAMAGED, "it is damaged or not all of it is there: " + e.getMessage());
    }
    try {
      return new Import(file, zip);
    } catch (ZipException e) {
      zip.close();
      throw new BadExportException(Kind.DAMAGED, "it is damaged: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /** Who exported it. */
  public ExportSource source() {
    return marker.source();
  }

  /** Number of entries in the file. */
  public long entries() {
    return marker.entries();
  }

  /** Bytes of the blobs that they name, each counted once. */
  public long bytes() {
    return bytes;
  }

  /**
   * What came of it.
   *
   * @param imported number of entries that the scope has now and did not have, or not so
   * @param there number of those that it had already, with the same content
   * @param differing number of those under whose key it has another content, which it keeps unless
   *     it was to be replaced
   * @param expired number of those that are past their time to live, which are left out
   * @param damaged one sentence for each that has a blob that is not what was exported, likewise
   */
  public record Result(
      long imported, long there, long differing, long expired, List<String> damaged) {
    public Result {
      damaged = List.copyOf(damaged);
    }
  }

  /**
   * What is imported, and how.
   *
   * @param run names temporary files: another for each process and time, as {@link
   *     ResultStore#write} takes it
   * @param replace whether an entry with another content, or with other bytes that count as the
   *     same, gives way
   * @param write false to find out only what would come of it; then no blob is read
   * @param nowMillis by the index's clock
   */
  public record Terms(String run, boolean replace, boolean write, long nowMillis) {}

  /**
   * Imports all entries.
   *
   * @param to as seen from the scope that gets them alone
   * @param scope its name
   * @param each shown what is imported, when it is
   * @param differs shown what is not, as there is another content under its key
   * @throws CacheUnavailableException if the index cannot be read or written; some may be imported
   * @throws IOException if the store cannot be written or the file not be read, likewise
   */
  public Result run(
      CacheIndex to,
      String scope,
      ResultStore store,
      Terms terms,
      Consumer<CacheEntry> each,
      Consumer<CacheEntry> differs,
      Progress progress)
      throws CacheUnavailableException, IOException {
    return new Work(to, scope, store, terms, each, differs, progress).run();
  }

  /**
   * Bytes of the blobs that an import would add to the store: those that are there already, such as
   * of an import that was cut short, are not counted.
   *
   * @param to as {@link #run} takes it
   * @throws CacheUnavailableException if the index cannot be read
   * @throws IOException if the file cannot be read
   */
  public long missingBytes(CacheIndex to, ResultStore store, Terms terms)
      throws CacheUnavailableException, IOException {
    Work work = new Work(to, "", store, terms, any -> {}, any -> {}, Progress.NONE);
    return work.missingBytes();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  private Marker readMarker() throws IOException {
    ZipEntry entry = zip.getEntry(ExportFormat.MARKER);
    if (entry == null) {
      throw new BadExportException(
          Kind.NOT_OURS, "it is no file of exported entries: nothing in it says that it is one");
    }
    if (entry.getSize() > ExportFormat.LONGEST_MARKER) {
      throw new BadExportException(Kind.DAMAGED, "its marker is too long");
    }
    return ExportFormat.decodeMarker(readPlain(entry));
  }

  /** Each name must be one of ours, once. */
  private void checkNames() throws BadExportException {
    Set<String> names = new HashSet<>();
    int records = 0;
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
      String name = all.nextElement().getName();
      if (!names.add(name)) {
        throw new BadExportException(Kind.DAMAGED, "it has '" + shown(name) + "' twice");
      }
      boolean ofRecords = name.startsWith(ExportFormat.ENTRIES);
      records += ofRecords ? 1 : 0;
      if (!ofRecords && !name.equals(ExportFormat.MARKER) && !BLOB_NAME.matcher(name).matches()) {
        throw new BadExportException(
            Kind.DAMAGED, "it has '" + shown(name) + "', which nobody exports");
      }
    }
    if (records != marker.records()) {
      throw new BadExportException(
          Kind.DAMAGED,
          "it has %s parts with entries, wanted %s".formatted(records, marker.records()));
    }
  }

  private static String shown(String name) {
    return Text.safe(name, 100);
  }

  /** Reads all records, and returns the bytes of the blobs that they name. */
  private long checkEntries() throws IOException {
    Set<CacheKey> keys = new HashSet<>();
    Map<Fingerprint, Long> blobs = new HashMap<>();
    long sum = 0;
    for (int part = 0; part < marker.records(); part++) {
      for (CacheEntry entry : read(part)) {
        if (!keys.add(entry.key())) {
          throw new BadExportException(Kind.DAMAGED, "it has entry " + entry.key() + " twice");
        }
        for (BlobRef blob : entry.manifest().blobs()) {
          Long known = blobs.putIfAbsent(blob.address(), blob.size());
          if (known == null) {
            check(blob);
            sum += blob.size();
          } else if (known != blob.size()) {
            throw new BadExportException(
                Kind.DAMAGED, "blob " + blob.address() + " has two sizes in it");
          }
        }
      }
    }
    if (keys.size() != marker.entries()) {
      throw new BadExportException(
          Kind.DAMAGED, "it has %s entries, wanted %s".formatted(keys.size(), marker.entries()));
    }
    return sum;
  }

  private List<CacheEntry> read(int part) throws IOException {
    ZipEntry records = zip.getEntry(ExportFormat.recordsName(part));
    if (records == null) {
      throw new BadExportException(Kind.DAMAGED, "part " + part + " of its entries is not there");
    }
    try {
      List<CacheEntry> entries = new ArrayList<>();
      for (Row row : ExportFormat.decodeRows(readPlain(records))) {
        entries.add(EntryFormat.decode(row.key(), row.record()));
      }
      return entries;
    } catch (BadRecordException e) {
      throw new BadExportException(Kind.DAMAGED, "its entries are damaged: " + e.getMessage());
    }
  }

  private void check(BlobRef blob) throws BadExportException {
    ZipEntry there = zip.getEntry(ExportFormat.blobName(blob.address()));
    if (there == null || there.getSize() != blob.size()) {
      throw new BadExportException(
          Kind.DAMAGED,
          "blob %s, which an entry names, %s"
              .formatted(blob.address(), there == null ? "is not in it" : "has another size"));
    }
  }

  /** The bytes of what is not compressed, so that they are no more than the file has. */
  private byte[] readPlain(ZipEntry entry) throws IOException {
    long size = entry.getSize();
    if (entry.getMethod() != ZipEntry.STORED
        || size != entry.getCompressedSize()
        || size > Files.size(file)
        || size > LARGEST_PART) {
      throw new BadExportException(
          Kind.DAMAGED, "'" + shown(entry.getName()) + "' is not as it is exported");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readNBytes((int) size);
    }
  }

  /** One import. */
  private final class Work {
    private final CacheIndex to;
    private final String scope;
    private final ResultStore store;
    private final Terms terms;
    private final Consumer<CacheEntry> each;
    private final Consumer<CacheEntry> differs;
    private final Progress progress;
    private final List<CacheEntry> batch = new ArrayList<>();
    private final Map<Fingerprint, String> blobs = new HashMap<>(); // what is wrong, or ""
    private final List<String> damaged = new ArrayList<>();
    private long batchBytes;
    private long written;
    private long imported;
    private long there;
    private long differing;
    private long expired;
    private long seen;

    Work(
        CacheIndex to,
        String scope,
        ResultStore store,
        Terms terms,
        Consumer<CacheEntry> each,
        Consumer<CacheEntry> differs,
        Progress progress) {
      this.to = to;
      this.scope = scope;
      this.store = store;
      this.terms = terms;
      this.each = each;
      this.differs = differs;
      this.progress = progress;
    }

    Result run() throws CacheUnavailableException, IOException {
      for (int part = 0; part < marker.records(); part++) {
        take(read(part));
      }
      publish();
      if (terms.write()) {
        to.sync();
      }
      return new Result(imported, there, differing, expired, damaged);
    }

    private void take(List<CacheEntry> entries) throws CacheUnavailableException, IOException {
      List<@Nullable CacheEntry> known = find(entries);
      for (int i = 0; i < entries.size(); i++) {
        CacheEntry entry = entries.get(i);
        CacheEntry before = known.get(i);
        progress.at(++seen, written);
        if (entry.isExpired(terms.nowMillis())) {
          expired++;
        } else if (isBrought(before, entry)) {
          bring(entry);
        } else if (isEnough(requireNonNull(before), entry)) {
          there++;
        } else {
          differing++;
          differs.accept(entry);
        }
      }
    }

    long missingBytes() throws CacheUnavailableException, IOException {
      ResultStore own = FartherStores.first(store); // what those behind it have is written too
      Set<Fingerprint> counted = new HashSet<>();
      long sum = 0;
      for (int part = 0; part < marker.records(); part++) {
        List<CacheEntry> entries = read(part);
        List<@Nullable CacheEntry> known = find(entries);
        for (int i = 0; i < entries.size(); i++) {
          CacheEntry entry = entries.get(i);
          if (!entry.isExpired(terms.nowMillis()) && isBrought(known.get(i), entry)) {
            for (BlobRef blob : entry.manifest().blobs()) {
              boolean here = own.presence(blob.address(), blob.size()) == Presence.PRESENT;
              sum += counted.add(blob.address()) && !here ? blob.size() : 0;
            }
          }
        }
      }
      return sum;
    }

    private List<@Nullable CacheEntry> find(List<CacheEntry> entries)
        throws CacheUnavailableException {
      return to.findAll(entries.stream().map(CacheEntry::key).toList());
    }

    private boolean isBrought(@Nullable CacheEntry before, CacheEntry entry) {
      return before == null || !isSound(before) || (terms.replace() && !isEnough(before, entry));
    }

    private boolean isSound(CacheEntry before) {
      return !before.isExpired(terms.nowMillis())
          && before.manifest().blobs().stream()
              .map(blob -> store.presence(blob.address(), blob.size()))
              .noneMatch(is -> is == Presence.MISSING || is == Presence.DAMAGED);
    }

    private boolean isEnough(CacheEntry before, CacheEntry entry) {
      Manifest has = before.manifest();
      return has.content().equals(entry.manifest().content())
          && (!terms.replace() || has.equals(entry.manifest()));
    }

    /** Publishes the blobs of an entry, which follows them with others of its batch. */
    private void bring(CacheEntry entry) throws CacheUnavailableException, IOException {
      for (BlobRef blob : entry.manifest().blobs()) {
        String wrong = blobs.get(blob.address());
        if (wrong == null) {
          wrong = terms.write() ? publish(blob) : "";
          blobs.put(blob.address(), wrong);
        }
        if (!wrong.isEmpty()) {
          damaged.add("entry " + entry.key() + " of '" + entry.origin().step() + "': " + wrong);
          return;
        }
      }
      batch.add(entry);
      if (batch.size() == AT_ONCE || batchBytes >= BYTES_AT_ONCE) {
        publish();
      }
    }

    /** Returns what is wrong with a blob; it is published if nothing is. */
    private String publish(BlobRef blob) throws IOException {
      // Also if there is one: nobody names it for us until its entry is written.
      try (BlobWriter writer = store.write(terms.run(), "blob-" + blobs.size(), 0)) {
        String cut = copy(blob, writer);
        if (!cut.isEmpty()) {
          return cut;
        }
        if (!(writer.finish() instanceof Location.Pending pending)) {
          return "blob " + blob.address() + " is empty";
        }
        if (!pending.blob().equals(blob)) {
          store.discard(pending);
          return "blob " + blob.address() + " has other bytes than were exported";
        }
        store.publish(pending);
      }
      written += blob.size();
      batchBytes += blob.size();
      return "";
    }

    /** Copies no more than the entry says, whatever the file holds. */
    private String copy(BlobRef blob, BlobWriter writer) throws IOException {
      ZipEntry at = zip.getEntry(ExportFormat.blobName(blob.address()));
      byte[] buffer = new byte[1 << 16];
      long rest = blob.size();
      try (InputStream in = zip.getInputStream(at)) {
        while (rest > 0) {
          int count = readSome(in, buffer, rest);
          if (count < 0) {
            return "blob " + blob.address() + " is cut short";
          }
          writer.write(buffer, 0, count);
          rest -= count;
        }
        return readSome(in, buffer, 1) < 0 ? "" : "blob " + blob.address() + " is too long";
      } catch (ZipException e) {
        return "blob " + blob.address() + " cannot be unpacked: " + e.getMessage();
      }
    }

    /** Returns a number of bytes, or -1 at the end. */
    private int readSome(InputStream in, byte[] buffer, long most) throws IOException {
      try {
        return in.read(buffer, 0, (int) Math.min(buffer.length, most));
      } catch (EOFException e) {
        return -1;
      }
    }

    private void publish() throws CacheUnavailableException, IOException {
      if (terms.write() && !batch.isEmpty()) {
        // As in a commit: an entry must name nothing that is perhaps not durable, and one whose
        // blobs no manifest names would lose them.
        store.sync();
        IndexBatch changes = new IndexBatch();
        for (CacheEntry entry : batch) {
          if (!entry.manifest().blobs().isEmpty()) {
            store.writeManifest(terms.run(), manifest(entry));
          }
          changes.add(new Change.Put(entry));
          changes.add(KeptFailure.remove(entry.key())); // it takes that one's place
          changes.add(new ImportNote(source(), terms.nowMillis()).put(entry));
        }
        store.sync();
        to.write(changes);
        for (CacheEntry entry : batch) {
          // Lest a rebuild brings back what was replaced.
          store.removeManifests(scope, entry.key().digest(), EntryFormat.encode(entry));
        }
      }
      batch.forEach(each);
      imported += batch.size();
      batch.clear();
      batchBytes = 0;
    }

    private StoredManifest manifest(CacheEntry entry) {
      return new StoredManifest(scope, entry.key().digest(), EntryFormat.encode(entry));
    }
  }
}
