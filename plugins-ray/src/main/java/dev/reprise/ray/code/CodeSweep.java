package dev.reprise.ray.code;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes code that no driver has used for a month: drivers touch what they use, again and again.
 * All times are those of the folder's file system, so no clock has to be right.
 */
final class CodeSweep {
  static final Duration KEPT = Duration.ofDays(30);
  static final Duration EVERY = Duration.ofDays(1);

  private static final String MARK = "swept";
  private static final String DEAD = ".dead";

  private final Path folder;

  CodeSweep(Path folder) {
    this.folder = folder;
  }

  /** Looks through the folder, unless somebody did within a day. */
  void sweep() throws IOException {
    Path mark = folder.resolve(MARK);
    Path probe = Files.createTempFile(folder, CodeShelf.UNFINISHED, null);
    FileTime now = Files.getLastModifiedTime(probe);
    if (Files.exists(mark) && !isOlder(mark, now, EVERY)) {
      Files.delete(probe);
      return;
    }
    Files.move(probe, mark, StandardCopyOption.ATOMIC_MOVE);
    List<Path> all;
    try (Stream<Path> files = Files.list(folder)) {
      all = files.filter(file -> !file.equals(mark)).toList();
    }
    for (Path each : all) {
      try {
        if (isOlder(each, now, KEPT)) {
          remove(each, now);
        }
      } catch (NoSuchFileException e) {
        // Another driver sweeps, too.
      }
    }
  }

  /**
   * Takes it out of sight first: who touched it before is seen then, and who wants to touch it
   * after that finds it gone and lays it anew.
   */
  private void remove(Path each, FileTime now) throws IOException {
    String name = String.valueOf(each.getFileName());
    Path dead = name.endsWith(DEAD) ? each : folder.resolve(name + DEAD);
    Files.move(each, dead, StandardCopyOption.ATOMIC_MOVE);
    if (!isOlder(dead, now, KEPT)) {
      Files.move(dead, each, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    if (Files.isDirectory(dead)) {
      try (Stream<Path> inside = Files.list(dead)) {
        for (Path file : inside.toList()) {
          Files.delete(file);
        }
      }
    }
    Files.delete(dead);
  }

  private static boolean isOlder(Path file, FileTime now, Duration age) throws IOException {
    Duration since = Duration.between(Files.getLastModifiedTime(file).toInstant(), now.toInstant());
    return since.compareTo(age) > 0;
  }
}
