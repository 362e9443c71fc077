package dev.reprise.cache.base;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is asked of folders, with every trouble an {@link IOException} that says what it was. */
public final class Folders {
  private Folders() {}

  /** What lies in {@code folder}, in no order. */
  public static List<Path> list(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(found::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  /** What lies in {@code folder}, in no order; empty if it is not there. */
  public static List<Path> listIfThere(Path folder) throws IOException {
    try {
      return list(folder);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Bytes that may still be written to the disk of {@code folder}. */
  public static long usableSpace(Path folder) throws IOException {
    long usable = folder.toFile().getUsableSpace();
    // It says 0 of what it cannot ask, too. The other way tells, but needs a table of mounted
    // disks,
    // which not every container has.
    return usable > 0 ? usable : Files.getFileStore(folder).getUsableSpace();
  }
}
