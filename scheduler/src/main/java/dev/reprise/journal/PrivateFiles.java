package dev.reprise.journal;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders and files that their owner alone may read, where the file system knows such a thing. */
final class PrivateFiles {
  private PrivateFiles() {}

  /** Creates a folder and those above it; does nothing if it is there. */
  static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, mode(folder, "rwx------"));
    }
  }

  /** Creates a folder; throws if it is there. Those above it must be. */
  static void createNewFolder(Path folder) throws IOException {
    Files.createDirectory(folder, mode(folder, "rwx------"));
  }

  /** Creates an empty file; throws if it is there. */
  static void createFile(Path file) throws IOException {
    Files.createFile(file, mode(file, "rw-------"));
  }

  /** The attributes that give a new file this mode. */
  static FileAttribute<?>[] mode(Path of, String permissions) {
    FileSystem files = of.getFileSystem();
    return files.supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
