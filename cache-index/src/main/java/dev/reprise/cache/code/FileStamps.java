package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.UnreadableFileException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The stamps of files and the names in folders, each as it was when it was first asked for. */
final class FileStamps {
  private final Map<Path, Optional<FileStamp>> stamps = new ConcurrentHashMap<>();
  private final Map<Path, List<Path>> listings = new HashMap<>();

  /** The stamp of a file or folder; null if there was none. */
  @Nullable FileStamp of(Path path) throws IOException {
    Optional<FileStamp> known = stamps.get(path);
    if (known == null) {
      known = ask(path);
      stamps.put(path, known);
    }
    return known.orElse(null);
  }

  private static Optional<FileStamp> ask(Path path) throws IOException {
    try {
      return Optional.of(FileStamp.of(path));
    } catch (UnreadableFileException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * A file that is not what it was when it was first asked for; null if there is none. Folders are
   * not compared: what was found in them is.
   */
  @Nullable Path changed() {
    for (Map.Entry<Path, Optional<FileStamp>> each : stamps.entrySet()) {
      Optional<FileStamp> before = each.getValue();
      boolean same;
      try {
        Optional<FileStamp> now = ask(each.getKey());
        same = now.equals(before) || (isFolder(now) && isFolder(before));
      } catch (IOException e) {
        same = false;
      }
      if (!same) {
        return each.getKey();
      }
    }
    return null;
  }

  private static boolean isFolder(Optional<FileStamp> stamp) {
    return stamp.isPresent() && stamp.get().kind() == FileStamp.Kind.DIRECTORY;
  }

  /** What lay directly in a folder, ascending. */
  List<Path> filesIn(Path folder) throws IOException {
    List<Path> known = listings.get(folder);
    if (known == null) {
      known = new ArrayList<>();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        files.forEach(known::add);
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      Collections.sort(known);
      listings.put(folder, known);
    }
    return known;
  }
}
