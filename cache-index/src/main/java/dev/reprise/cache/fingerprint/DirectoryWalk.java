package dev.reprise.cache.fingerprint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One fingerprinting of a directory. Each directory is digested from its entries, sorted by name,
 * and so on up; its stamp is compared before and after, so that an entry that comes or goes is
 * noticed.
 */
final class DirectoryWalk {
  private static final int MAX_DEPTH = 200;

  private final FileFingerprinter files;
  private final Set<Path> open = new HashSet<>();

  DirectoryWalk(FileFingerprinter files) {
    this.files = files;
  }

  Fingerprint fingerprint(Path directory) throws IOException {
    FileStamp before = FileStamp.of(directory);
    if (before.kind() != FileStamp.Kind.DIRECTORY) {
      throw new UnreadableFileException(directory, "is no directory", null);
    }
    Path real = directory.toRealPath();
    if (!open.add(real)) {
      throw new UnreadableFileException(directory, "leads back to a directory around it", null);
    }
    if (open.size() > MAX_DEPTH) {
      throw new UnreadableFileException(
          directory, "is more than " + MAX_DEPTH + " directories deep", null);
    }
    List<Path> entries = entries(directory);
    Hasher hasher = Hasher.of("reprise/directory").putLong(entries.size());
    for (Path entry : entries) {
      hasher.putString(name(entry));
      if (Files.isDirectory(entry)) {
        hasher.putBoolean(true).putFingerprint(fingerprint(entry));
      } else {
        hasher.putBoolean(false).putFingerprint(files.file(entry));
      }
    }
    open.remove(real);
    if (!FileStamp.of(directory).equals(before)) {
      throw new FileChangedException(directory);
    }
    return hasher.finish();
  }

  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (AccessDeniedException e) {
      throw new UnreadableFileException(directory, "may not be read by this user", e);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    entries.sort((a, b) -> name(a).compareTo(name(b)));
    return entries;
  }

  private static String name(Path entry) {
    return entry.getFileName().toString();
  }
}
