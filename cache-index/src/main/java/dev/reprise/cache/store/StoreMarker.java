package dev.reprise.cache.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.reprise.cache.base.Folders;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;

/**
 * The file that marks a folder as a result store and tells the version of its layout, so that no
 * other folder is ever taken for a store and cleaned up, and no store is misread.
 */
final class StoreMarker {
  static final String NAME = "reprise-store";
  static final int VERSION = 1;

  private static final Pattern A_VERSION = Pattern.compile("[0-9][0-9A-Za-z.+-]{0,15}");

  private StoreMarker() {}

  /**
   * Makes an empty or missing folder a store, or checks that it is one.
   *
   * @return the folder by its real path
   */
  static Path openOrMake(Path folder) throws IOException {
    makeFolder(folder);
    Path real = folder.toRealPath();
    Path marker = real.resolve(NAME);
    if (!Files.exists(marker)) {
      requireEmpty(real);
      try {
        Files.write(marker, (VERSION + "\n").getBytes(US_ASCII), CREATE_NEW, WRITE);
      } catch (FileAlreadyExistsException e) {
        // another process made it a store just now
      }
    }
    check(marker);
    return real;
  }

  /** Checks that a folder is a store; makes nothing. */
  static Path open(Path folder) throws IOException {
    Path real;
    try {
      real = folder.toRealPath();
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no result store at " + folder + " on this machine; is it on a shared disk?", e);
    }
    check(real.resolve(NAME));
    return real;
  }

  private static void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectory(folder);
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new IOException(
            folder + " is a file where the result store needs a folder; name another with --store",
            e);
      }
    }
  }

  private static void requireEmpty(Path folder) throws IOException {
    for (Path file : Folders.list(folder)) {
      Path name = file.getFileName();
      if (name != null && !name.toString().equals(NAME)) {
        throw new IOException(
            folder
                + " is not a result store (it has no file '"
                + NAME
                + "') and is not empty (it has '"
                + name
                + "'); name an empty folder with --store");
      }
    }
  }

  private static void check(Path marker) throws IOException {
    String found;
    try {
      found = Files.readString(marker, ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      throw new IOException(
          marker.getParent() + " is not a result store: it has no file '" + NAME + "'", e);
    }
    if (!found.isEmpty() && !A_VERSION.matcher(found).matches()) {
      throw new IOException(
          "the file "
              + marker
              + " is damaged: it tells no layout version. If no newer Reprise made this store, write "
              + VERSION
              + " into it: what it holds is checked whenever it is read. Else name another store with"
              + " --store");
    } else if (!found.isEmpty() && !found.equals(Integer.toString(VERSION))) {
      throw new IOException(
          "the result store "
              + marker.getParent()
              + " has layout version '"
              + found
              + "', this Reprise knows "
              + VERSION
              + "; use the Reprise that made it, or name another store with --store");
    }
  }
}
