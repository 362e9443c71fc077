package dev.reprise.cache.store;

import dev.reprise.cache.store.ResultStore.Leftovers;
import dev.reprise.cache.store.ResultStore.TemporaryVisitor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

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
    return new TemporaryFile(run, attempt, ThreadLocalRandom.current().nextLong());
  }

  void forEach(TemporaryVisitor each) throws IOException {
    walk(
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            each.file(run(file), attributes.size(), attributes.lastModifiedTime().toInstant());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // removed meanwhile
          }
        });
  }

  /** Removes what is left over, and the folders of runs that are empty then. */
  void sweep(Leftovers leftovers) throws IOException {
    walk(
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (leftovers.contain(run(file), attributes.lastModifiedTime().toInstant())) {
              delete(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            if (!folder.equals(root())) {
              delete(folder); // only if it is empty; whoever writes into it makes it again
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private Path root() {
    return store.folder(StoreFolder.TEMPORARY);
  }

  /** Follows no links: walkFileTree does not unless told to. */
  private void walk(SimpleFileVisitor<Path> visitor) throws IOException {
    if (store.has(root())) {
      Files.walkFileTree(root(), visitor);
    }
  }

  private String run(Path file) {
    return String.valueOf(root().relativize(file).getName(0));
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

  /** One of them. Most blobs stay inline: it has no path before it is asked for one. */
  final class TemporaryFile implements FileBlobWriter.Temporary {
    private final String run;
    private final String attempt;
    private final long unique;

    private TemporaryFile(String run, String attempt, long unique) {
      this.run = run;
      this.attempt = attempt;
      this.unique = unique;
    }

    Path path() {
      return store.temporaries(run).resolve(fileName());
    }

    private String fileName() {
      return attempt + "-" + HexFormat.of().toHexDigits(unique);
    }

    @Override
    public FileChannel create() throws IOException {
      freeSpace.check();
      try {
        return store.create(store.temporaries(run), fileName());
      } catch (IOException e) {
        throw explain(e);
      }
    }

    @Override
    public String name() {
      return StoreFolder.TEMPORARY + "/" + run + "/" + fileName();
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
