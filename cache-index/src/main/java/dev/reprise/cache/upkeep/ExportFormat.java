package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.upkeep.BadExportException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The form of a file of exported entries: a ZIP file with
 *
 * <pre>
 * blobs/ADDRESS           the bytes of a blob, compressed; perhaps some that no entry names
 * entries/NUMBER          records of entries, from 000000 on, not compressed
 * reprise-cache-export    the marker, last: what this is, by whom, and how much there has to be
 * </pre>
 *
 * <p>Names are looked up and never become paths. What is not compressed is no larger than the file;
 * of a blob no more is read than its entry says. A later release may change all but the name of the
 * marker, its first bytes and the checksum at its end.
 */
final class ExportFormat {
  static final int VERSION = 1;
  static final String MARKER = "reprise-cache-export";
  static final String BLOBS = "blobs/";
  static final String ENTRIES = "entries/";

  /** More than any marker has. */
  static final int LONGEST_MARKER = 1 << 16;

  private static final byte[] MAGIC = {'R', 'P', 'X', 'M'};
  private static final byte[] ENTRIES_SEED = {'R', 'P', 'X', 'E'};

  private ExportFormat() {}

  /**
   * What the marker says.
   *
   * @param source who exported it, where from and when
   * @param records number of the parts with records
   * @param entries number of entries in them
   */
  record Marker(ExportSource source, int records, long entries) {}

  /** The record of an entry, with its key. */
  record Row(CacheKey key, Bytes record) {}

  static String blobName(Fingerprint address) {
    return BLOBS + address;
  }

  static String recordsName(int number) {
    return ENTRIES + String.format(Locale.ROOT, "%06d", number);
  }

  static byte[] encode(Marker marker) {
    ByteWriter to = new ByteWriter();
    to.putRaw(MAGIC, 0, MAGIC.length).putByte(VERSION);
    marker.source().write(to);
    to.putVarint(marker.records()).putVarint(marker.entries());
    return to.putCrc(MAGIC, 0).toByteArray();
  }

  /**
   * Reads the marker.
   *
   * @throws BadExportException if it is another program's, damaged or of a newer version
   */
  static Marker decodeMarker(byte[] bytes) throws BadExportException {
    try {
      ByteReader from = new ByteReader(bytes);
      for (byte each : MAGIC) {
        if (from.getByte() != each) {
          throw new BadExportException(Kind.NOT_OURS, "its marker is another program's");
        }
      }
      ByteReader rest = new ByteReader(bytes).checked(MAGIC);
      rest.skip(MAGIC.length);
      int version = rest.getByte();
      if (version > VERSION) {
        throw new BadExportException(
            Kind.NEWER,
            "a newer Reprise wrote it (format %s, this one knows %s)".formatted(version, VERSION));
      }
      ExportSource source = ExportSource.read(rest);
      long records = rest.getVarint();
      long entries = rest.getVarint();
      rest.checkEnd();
      if (records < 0 || records > Integer.MAX_VALUE || entries < 0) {
        throw new BadRecordException("the marker has a number that cannot be");
      }
      return new Marker(source, (int) records, entries);
    } catch (BadRecordException e) {
      throw new BadExportException(Kind.DAMAGED, "its marker is damaged: " + e.getMessage());
    }
  }

  static byte[] encode(List<Row> rows) {
    ByteWriter to = new ByteWriter();
    to.putVarint(rows.size());
    for (Row row : rows) {
      to.putRaw(row.key().digest().bytes(), 0, Fingerprint.BYTES);
      to.putBytes(row.record().array());
    }
    return to.putCrc(ENTRIES_SEED, 0).toByteArray();
  }

  static List<Row> decodeRows(byte[] bytes) throws BadRecordException {
    ByteReader from = new ByteReader(bytes).checked(ENTRIES_SEED);
    List<Row> rows = new ArrayList<>();
    for (int rest = from.getCount(Fingerprint.BYTES + 1); rest > 0; rest--) {
      Fingerprint key = Fingerprint.read(bytes, from.skip(Fingerprint.BYTES));
      rows.add(new Row(new CacheKey(key), Bytes.wrap(from.getBytes())));
    }
    from.checkEnd();
    return rows;
  }
}
