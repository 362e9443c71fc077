package dev.reprise.executor;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Jars made of class folders, to be sent to workers: equal content makes equal bytes, whenever and
 * wherever.
 */
public final class FolderJar {
  /**
   * In the machine's own time zone, as jars are. Not the first day that a jar can tell: for that
   * one the time in UTC is written too, which differs from zone to zone.
   */
  private static final LocalDateTime ALWAYS = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final long MOST_BYTES = 256L << 20;
  private static final int MOST_FILES = 100_000;

  private FolderJar() {}

  /** A file in a jar. */
  @SuppressWarnings("ArrayRecordComponent") // goes from array to array, compared by nobody
  public record Entry(String name, byte[] bytes) {}

  /** A jar of all files of a class folder, as {@link #write} makes it. */
  public static byte[] of(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(folder, bytes);
    return bytes.toByteArray();
  }

  /**
   * Writes a jar of all files of a class folder; one of them is in memory at a time.
   *
   * @throws IOException if it cannot be read, or is so large that it must be something else
   */
  public static void write(Path folder, OutputStream to) throws IOException {
    List<Path> files = filesOf(folder);
    try (ZipOutputStream jar = new ZipOutputStream(to)) {
      for (Path file : files) {
        String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
        put(jar, new Entry(name, Files.readAllBytes(file)));
      }
    }
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    long size = 0;
    try (Stream<Path> all = Files.walk(folder)) {
      for (Iterator<Path> each = all.filter(Files::isRegularFile).iterator(); each.hasNext(); ) {
        Path file = each.next();
        files.add(file);
        size += Files.size(file);
        if (size > MOST_BYTES || files.size() > MOST_FILES) {
          throw new IOException(
              "folder %s is on the class path and holds more than %s MiB or %s files; put the classes in a folder of their own"
                  .formatted(folder, MOST_BYTES >> 20, MOST_FILES));
        }
      }
    }
    files.sort(null);
    return files;
  }

  /** A jar of these files, in their order. */
  public static byte[] of(List<Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      for (Entry entry : entries) {
        put(jar, entry);
      }
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream jar, Entry entry) throws IOException {
    ZipEntry stored = new ZipEntry(entry.name());
    CRC32 crc = new CRC32();
    crc.update(entry.bytes());
    stored.setMethod(ZipEntry.STORED);
    stored.setSize(entry.bytes().length);
    stored.setCrc(crc.getValue());
    stored.setTimeLocal(ALWAYS);
    jar.putNextEntry(stored);
    jar.write(entry.bytes());
    jar.closeEntry();
  }
}
