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
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was published where, a small text file each: a line that tells its version, the digest of
 * the content, a line for each file as it was, and a digest of all that. One that cannot be read is
 * not there, and the result is published again.
 */
final class PublishedRecords {
  private static final Logger log = LoggerFactory.getLogger(PublishedRecords.class);

  /** So many paths are seldom published at once. */
  private static final int LOCKS = 256;

  private static final String VERSION = "reprise-published 1";

  private final Path folder;
  private final boolean replaces;
  private final List<Lock> locks = Stream.<Lock>generate(ReentrantLock::new).limit(LOCKS).toList();

  /**
   * @param folder of the records
   * @param replaces whether what others put somewhere may be replaced
   */
  PublishedRecords(Path folder, boolean replaces) {
    this.folder = folder;
    this.replaces = replaces;
  }

  /** What is at the path; see {@link dev.reprise.run.Publisher#state}. */
  State state(Publication publication, @Nullable Fingerprint content) {
    List<String> record = read(publication);
    if (record.isEmpty()) {
      return isOthers(publication) ? State.FOREIGN : State.NEW;
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

  /** Guards what lies at a path, and its record, against other runs of this home. */
  Lock lock(Publication publication) {
    return locks.get(Math.floorMod(publication.to().hashCode(), locks.size()));
  }

  /**
   * Whether a file lies there that is not ours to replace: this home has not put it there, as far
   * as it knows, and was not told to replace whatever is there. One of which there was a record
   * that cannot be read is its own; an empty one holds nothing of anybody's.
   */
  boolean isOthers(Publication publication) {
    try {
      return !replaces
          && !publication.isFolder()
          && Files.isRegularFile(publication.to())
          && Files.size(publication.to()) > 0
          && !Files.exists(file(publication));
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Remembers that what lies there is this home's from now on, before it is put there: it is so
   * whatever happens in between.
   */
  void claim(Publication publication) {
    if (!Files.exists(file(publication))) {
      write(publication, List.of(VERSION, "content -"));
    }
  }

  /**
   * Remembers what lies there now. Without it the result is published again, which is no harm.
   *
   * @param sameAs says that nobody else has put another thing there meanwhile
   */
  void keep(Publication publication, Fingerprint content, Callable<Boolean> sameAs) {
    try {
      List<String> record = new ArrayList<>(List.of(VERSION, "content " + content));
      record.addAll(files(publication));
      if (sameAs.call()) { // else another process was quicker
        write(publication, record);
      }
    } catch (Exception e) {
      log.debug("what was published is not remembered, and is published again", e);
    }
  }

  private void write(Publication publication, List<String> lines) {
    try {
      List<String> record = new ArrayList<>(lines);
      record.add("digest " + digest(record));
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "record", ".tmp");
      Files.write(temporary, record, UTF_8);
      Files.move(
          temporary,
          file(publication),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // A record that stays tells of other files than there are, so the result is published again.
      log.debug("what was published is not remembered", e);
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
