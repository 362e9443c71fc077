package dev.reprise.ray.code;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Jars made here: equal content makes equal bytes, whenever and wherever. */
final class FolderJar {
  /** The first moment that a jar can tell; in the machine's own time zone, as jars are. */
  private static final LocalDateTime ALWAYS = LocalDateTime.of(1980, 1, 1, 0, 0);

  private static final long MOST_BYTES = 256L << 20;

  private FolderJar() {}

  /** A file in a jar. */
  @SuppressWarnings("ArrayRecordComponent") // goes from array to array, compared by nobody
  record Entry(String name, byte[] bytes) {}

  /**
   * All files of a class folder.
   *
   * @throws IOException if it cannot be read, or is so large that it must be something else
   */
  static byte[] of(Path folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    long size = 0;
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        size += Files.size(file);
        if (size > MOST_BYTES) {
          throw new IOException(
              "folder %s is on the class path and holds more than %s MiB; put the classes in a folder of their own"
                  .formatted(folder, MOST_BYTES >> 20));
        }
        String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
        entries.add(new Entry(name, Files.readAllBytes(file)));
      }
    }
    return of(entries);
  }

  static byte[] of(List<Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      for (Entry entry : entries) {
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
    return bytes.toByteArray();
  }
}
