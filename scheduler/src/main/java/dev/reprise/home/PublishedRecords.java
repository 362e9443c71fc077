package dev.reprise.home;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Publication;
import dev.reprise.run.Publisher.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was published where, a small text file each: a line that tells its version, the digest of
 * the content, a line for each file as it was, and a digest of all that. One that cannot be read is
 * not there, and the result is published again.
 */
final class PublishedRecords {
  private static final String VERSION = "reprise-published 1";

  private final Path folder;

  /**
   * @param folder of the records
   */
  PublishedRecords(Path folder) {
    this.folder = folder;
  }

  /** What is at the path; see {@link dev.reprise.run.Publisher#state}. */
  State state(Publication publication, @Nullable Fingerprint content) {
    List<String> record = read(publication);
    if (record.isEmpty()) {
      return State.NEW;
    }
    try {
      List<String> now = files(publication);
      if (now.isEmpty()) {
        return State.GONE;
      } else if (!now.equals(record.subList(2, record.size()))) {
        return State.CHANGED;
      }
    } catch (IOException | UncheckedIOException e) { // of a folder that may not be looked into
      return State.CHANGED;
    }
    return content != null && record.get(1).equals("content " + content)
        ? State.THERE
        : State.OTHER;
  }

  /** Remembers what lies there now. Without it the result is published again, which is no harm. */
  void keep(Publication publication, Fingerprint content) {
    try {
      List<String> record = new ArrayList<>(List.of(VERSION, "content " + content));
      record.addAll(files(publication));
      record.add("digest " + digest(record));
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "record", ".tmp");
      Files.write(temporary, record, UTF_8);
      Files.move(
          temporary,
          file(publication),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | UncheckedIOException e) {
      forget(publication);
    }
  }

  private void forget(Publication publication) {
    try {
      Files.deleteIfExists(file(publication));
    } catch (IOException e) {
      // Files that are replaced are others than it tells of, so it counts for nothing.
    }
  }

  private Path file(Publication publication) {
    return folder.resolve(
        Hasher.of("reprise/published-at")
            .putString(publication.to().toString())
            .putString(publication.form())
            .finish()
            .toString());
  }

  /** The lines without the digest; empty if there is no record, or none that can be trusted. */
  private List<String> read(Publication publication) {
    try {
      List<String> lines = Files.readAllLines(file(publication), UTF_8);
      int last = lines.size() - 1;
      return last >= 2
              && lines.get(0).equals(VERSION)
              && lines.get(last).equals("digest " + digest(lines.subList(0, last)))
          ? lines.subList(0, last)
          : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Fingerprint digest(List<String> lines) {
    return Hasher.of("reprise/published-record").putString(String.join("\n", lines)).finish();
  }

  /** A line for each file that is there, in the order of their names. */
  private static List<String> files(Publication publication) throws IOException {
    Path at = publication.to();
    if (!Files.exists(at)) {
      return List.of();
    } else if (!publication.isFolder()) {
      return List.of(line(at, ""));
    }
    List<String> lines = new ArrayList<>();
    Path folder = at.toRealPath(); // a link is not walked into
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        lines.add(line(file, folder.relativize(file).toString()));
      }
    }
    return lines;
  }

  private static String line(Path file, String name) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    return "file %d %d %s %s %s"
        .formatted(
            now.size(),
            now.lastModifiedTime().to(TimeUnit.NANOSECONDS),
            now.fileKey(),
            changeTime(file),
            name);
  }

  /** When anything about the file changed last, which nobody can set; empty if unknown here. */
  private static String changeTime(Path file) {
    try {
      return String.valueOf(Files.getAttribute(file, "unix:ctime"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return "-";
    }
  }

  /** What stays the same when a file is renamed, and differs from that of any other file. */
  static List<Object> identity(Path file) throws IOException {
    BasicFileAttributes now =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return List.of(String.valueOf(now.fileKey()), now.size(), now.lastModifiedTime());
  }
}
