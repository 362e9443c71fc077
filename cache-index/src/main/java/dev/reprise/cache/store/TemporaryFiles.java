package dev.reprise.cache.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** Files that are being written, in a folder per run; whoever survives the run may remove it. */
final class TemporaryFiles {
  private final StoreFolder store;
  private final FreeSpace freeSpace;

  TemporaryFiles(StoreFolder store, FreeSpace freeSpace) {
    this.store = store;
    this.freeSpace = freeSpace;
  }

  /** A name that nobody else uses, for what {@code attempt} of {@code run} writes. */
  TemporaryFile of(String run, String attempt) {
    StoreFolder.checkName("run", run);
    StoreFolder.checkName("attempt", attempt);
    String unique = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return new TemporaryFile(store.temporaries(run), attempt + "-" + unique);
  }

  /** Removes the folders of runs that are over, and all in them. */
  void sweep(Predicate<String> isDead) throws IOException {
    Path all = store.folder(StoreFolder.TEMPORARY);
    if (!store.has(all)) {
      return;
    }
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(all)) {
      for (Path run : runs) {
        if (isDead.test(String.valueOf(run.getFileName()))) {
          removeAll(run);
        }
      }
    }
  }

  /** Removes a file; one that cannot be removed is left to {@link #sweep}. */
  void remove(Path file) {
    Path folder = Objects.requireNonNull(file.getParent());
    if (store.has(folder)) {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // sweep() tries again
    }
  }

  /** Follows no links: walkFileTree does not unless told to. */
  private static void removeAll(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e) {
            delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** One of them. */
  final class TemporaryFile implements FileBlobWriter.Temporary {
    private final Path folder;
    private final String name;

    private TemporaryFile(Path folder, String name) {
      this.folder = folder;
      this.name = name;
    }

    Path path() {
      return folder.resolve(name);
    }

    @Override
    public FileChannel create() throws IOException {
      freeSpace.check();
      try {
        return store.create(folder, name);
      } catch (IOException e) {
        throw explain(e);
      }
    }

    @Override
    public String name() {
      return StoreFolder.TEMPORARY + "/" + folder.getFileName() + "/" + name;
    }

    @Override
    public void remove() {
      TemporaryFiles.this.remove(path());
    }

    @Override
    public IOException explain(IOException failure) {
      return freeSpace.explain(failure);
    }
  }
}
