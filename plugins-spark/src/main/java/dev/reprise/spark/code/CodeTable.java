package dev.reprise.spark.code;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.List;

/**
 * The classes that a driver's tasks consist of and the resources that they read, as the driver
 * finds them: what executors must find, too.
 *
 * @param origins the folders and jars that the files are from
 * @param files in any order
 * @param absent paths at which the driver finds no resource, in any order
 */
record CodeTable(List<Origin> origins, List<CodeFile> files, List<String> absent) {
  private static final int VERSION = 2;

  CodeTable {
    origins = List.copyOf(origins);
    files = List.copyOf(files);
    absent = List.copyOf(absent);
  }

  /**
   * A folder or jar on the driver.
   *
   * @param digest SHA-256 of the jar, or of the one that is made of the folder
   */
  record Origin(String place, Fingerprint digest) {}

  /**
   * A class file or a resource.
   *
   * @param path by which a class loader finds it, as {@code com/acme/Delays.class}
   * @param origin index of where it is from
   * @param digest SHA-256 of its bytes
   */
  record CodeFile(String path, int origin, Fingerprint digest) {}

  byte[] toBytes() {
    ByteWriter to = new ByteWriter().putByte(VERSION).putInt(origins.size());
    for (Origin origin : origins) {
      to.putString(origin.place());
      put(origin.digest(), to);
    }
    to.putInt(files.size());
    for (CodeFile file : files) {
      to.putString(file.path()).putInt(file.origin());
      put(file.digest(), to);
    }
    to.putInt(absent.size());
    absent.forEach(to::putString);
    return to.toByteArray();
  }

  static CodeTable of(byte[] bytes) throws BadRecordException {
    ByteReader from = new ByteReader(bytes);
    int version = from.getByte();
    if (version != VERSION) {
      throw new BadRecordException("version " + version + " where " + VERSION + " is read");
    }
    List<Origin> origins = new ArrayList<>();
    for (int left = from.getInt(); left > 0; left--) {
      origins.add(new Origin(from.getString(), get(from)));
    }
    List<CodeFile> files = new ArrayList<>();
    for (int left = from.getInt(); left > 0; left--) {
      files.add(new CodeFile(from.getString(), from.getInt(), get(from)));
    }
    List<String> absent = new ArrayList<>();
    for (int left = from.getInt(); left > 0; left--) {
      absent.add(from.getString());
    }
    return new CodeTable(origins, files, absent);
  }

  private static void put(Fingerprint digest, ByteWriter to) {
    to.putRaw(digest.bytes(), 0, Fingerprint.BYTES);
  }

  private static Fingerprint get(ByteReader from) throws BadRecordException {
    return Fingerprint.read(from.array(), from.skip(Fingerprint.BYTES));
  }
}
