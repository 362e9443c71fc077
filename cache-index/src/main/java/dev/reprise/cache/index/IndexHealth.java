package dev.reprise.cache.index;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.base.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What can be told of an index without using it. */
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
    Path real;
    try {
      real = folder.toRealPath();
    } catch (IOException e) {
      return Optional.empty(); // there is no index
    }
    return IndexLock.isHeld(real)
        ? Optional.of(Holder.read(real.resolve(IndexLock.OWNER_FILE)))
        : Optional.empty();
  }

  /**
   * What an index's files were found to be.
   *
   * @param tables number of files that hold its entries
   * @param read how many of these were read from end to end; less than all if the time was up
   * @param faults for people, one for each file that is damaged or gone; empty if there is none
   */
  public record Examined(int tables, int read, List<String> faults) {
    public Examined {
      faults = List.copyOf(faults);
    }
  }

  /**
   * Reads the files of the index in {@code folder} from end to end and compares them with their
   * checksums, while another process may be writing it. Changes nothing.
   *
   * @param patience when so much time has passed, no other file is begun
   * @throws IndexFormatException if a newer version wrote it
   * @throws CacheUnavailableException if it cannot be read, for another reason than damage
   */
  public static Examined examine(Path folder, Duration patience, Ticker ticker)
      throws CacheUnavailableException {
    return new FileCheck(folder, patience, ticker).run();
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
    String name = folder.getFileName() + ".";
    return Folders.list(above).stream()
        .filter(
            aside -> {
              String its = String.valueOf(aside.getFileName());
              return its.startsWith(name + "corrupt-") || its.startsWith(name + "replaced-");
            })
        .sorted()
        .toList();
  }
}
