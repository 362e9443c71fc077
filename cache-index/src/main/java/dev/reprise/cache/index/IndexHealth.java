package dev.reprise.cache.index;

import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can be told of an index without opening it. */
public final class IndexHealth {
  private IndexHealth() {}

  /**
   * Loads RocksDB's native library, as opening an index would.
   *
   * @throws CacheUnavailableException if that cannot be done on this machine
   */
  public static void checkLibrary() throws CacheUnavailableException {
    RocksLibrary.load();
  }

  /**
   * Who holds the index in {@code folder} now; empty if nobody does. May keep a process that asks
   * for the lock at this very moment waiting for a tenth of a second.
   */
  public static Optional<Holder> holder(Path folder) {
    Holder holder = Holder.read(folder.resolve(IndexLock.OWNER_FILE));
    // Closing the file of a lock of this process would end that lock.
    boolean held =
        holder.pid() == ProcessHandle.current().pid()
            || isLocked(folder.resolve(IndexLock.LOCK_FILE));
    return held ? Optional.of(holder) : Optional.empty();
  }

  private static boolean isLocked(Path file) {
    try (FileChannel channel = FileChannel.open(file, WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      return false; // not there, or not ours to write
    }
  }

  /**
   * The folders into which the index in {@code folder} was moved because it was damaged or begun
   * anew, oldest first. They are of no use but to look into, and may be deleted.
   *
   * @throws IOException if the folder above cannot be listed
   */
  public static List<Path> movedAside(Path folder) throws IOException {
    Path above = folder.toAbsolutePath().getParent();
    if (above == null || !Files.isDirectory(above)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    String glob = folder.getFileName() + ".{corrupt,replaced}-*";
    try (DirectoryStream<Path> asides = Files.newDirectoryStream(above, glob)) {
      asides.forEach(found::add);
    }
    found.sort(null);
    return found;
  }
}
