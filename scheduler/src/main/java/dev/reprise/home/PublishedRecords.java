package dev.reprise.home;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.run.Publisher.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was published where, a small text file each: a line that tells its version, the digest of
 * the content, a line for each file as it was, and a digest of all that. One that cannot be read is
 * not there, and the result is published again.
 */
/*
 * Whose a file is, is told by the records' names, so that no damage makes another's file ours:
 *
 *   <path>          this home has put a file there (content), or was about to (claim)
 *   <path>.theirs   the file there is another's and was as it should be, so it was left alone
 *
 * A claim is written before the file is put, and names that file alone: after a kill in between, or
 * a rename that failed, what somebody else puts there is theirs. It is forced to the disk, so it is
 * never torn. The path is that without links: what a link leads to now is not what was put there.
 */
final class PublishedRecords {
  private static final Logger log = LoggerFactory.getLogger(PublishedRecords.class);

  private static final String VERSION = "reprise-published 1";

  /** Instead of the content. */
  private static final String CLAIM = "claim";

  private final Path folder;
  private final boolean replaces;

  /**
   * @param folder of the records
   * @param replaces whether what others put somewhere may be replaced
   */
  PublishedRecords(Path folder, boolean replaces) {
    this.folder = folder;
    this.replaces = replaces;
  }

  /** Whether what others put somewhere may be replaced. */
  boolean replaces() {
    return replaces;
  }

  /** What is at the path; see {@link dev.reprise.run.Publisher#state}. */
  State state(PublishedPlace place, @Nullable Fingerprint content) {
    if (!place.obstacle().isEmpty()) {
      return State.BLOCKED;
    }
    boolean others = isOthers(place);
    List<String> record = read(others ? theirs(place) : file(place));
    if (others) {
      return state(place, record, content) == State.THERE ? State.THERE : State.FOREIGN;
    } else if (isClaim(record)) {
      return isOurs(place) ? State.OTHER : State.NEW;
    }
    State now = state(place, record, content);
    try {
      return now != State.THERE && !othersIn(place).isEmpty() ? State.MIXED : now;
    } catch (IOException e) { // of a folder that may not be looked into
      return now;
    }
  }

  /**
   * What others have put into a published folder and is not ours to replace, the first of it by
   * name; empty if there is nothing, or this home was told to replace whatever is there.
   */
  String othersIn(PublishedPlace place) throws IOException {
    return replaces || !place.publication().isFolder() ? "" : FolderMarker.foreign(place.real());
  }

  private static State state(
      PublishedPlace place, List<String> record, @Nullable Fingerprint content) {
    if (record.isEmpty()) {
      return State.NEW;
    }
    try {
      List<String> now = files(place);
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

  /**
   * Whether a file lies there that is not ours to replace: this home has not put it there, as far
   * as it knows, and was not told to replace whatever is there. One of which there was a record
   * that cannot be read is its own; an empty one holds nothing of anybody's.
   */
  boolean isOthers(PublishedPlace place) {
    try {
      return !replaces
          && !place.publication().isFolder()
          && Files.isRegularFile(place.real())
          && Files.size(place.real()) > 0
          && !isOurs(place);
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether this home has put a file there, be it the one that is there now or one before. */
  private boolean isOurs(PublishedPlace place) {
    if (!Files.exists(file(place))) {
      return false;
    }
    List<String> record = read(file(place));
    try {
      return !isClaim(record) || record.contains(put(place.real()));
    } catch (IOException e) { // what was claimed is not there
      return false;
    }
  }

  private static boolean isClaim(List<String> record) {
    return record.size() > 1 && record.get(1).equals(CLAIM);
  }

  private static String put(Path file) throws IOException {
    return "put " + identity(file);
  }

  /**
   * Remembers that a file is this home's before it is put there, so that it is known if the process
   * ends in between.
   *
   * @param file is renamed to the place
   * @throws IOException if that cannot be written down: unless {@link #keep} can, the file is
   *     another's for this home
   */
  void claim(PublishedPlace place, Path file) throws IOException {
    boolean ours = isOurs(place);
    if (ours && !isClaim(read(file(place)))) {
      return;
    }
    List<String> record = new ArrayList<>(List.of(VERSION, CLAIM, put(file)));
    if (ours) {
      record.add(put(place.real())); // which stays ours if this file does not come to be there
    }
    write(file(place), record);
  }

  /**
   * Remembers what this home has put there. Without it the result is published again, which is no
   * harm: a record that stays tells of other files than there are.
   *
   * @param sameAs says that nobody else has put another thing there meanwhile
   */
  void keep(PublishedPlace place, Fingerprint content, Callable<Boolean> sameAs) {
    keep(file(place), place, content, sameAs);
  }

  /** Remembers a file of another's that was as it should be, and stays theirs. */
  void keepTheirs(PublishedPlace place, Fingerprint content, Callable<Boolean> sameAs) {
    keep(theirs(place), place, content, sameAs);
  }

  private void keep(Path to, PublishedPlace place, Fingerprint content, Callable<Boolean> sameAs) {
    try {
      List<String> record = new ArrayList<>(List.of(VERSION, "content " + content));
      record.addAll(files(place));
      if (sameAs.call()) { // else another process was quicker
        write(to, record);
      }
    } catch (Exception e) {
      log.debug("what was published is not remembered, and is published again", e);
    }
  }

  private void write(Path to, List<String> lines) throws IOException {
    List<String> record = new ArrayList<>(lines);
    record.add("digest " + digest(record));
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, "record", ".tmp");
    try {
      Files.write(temporary, record, UTF_8);
      try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.move(
          temporary, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path file(PublishedPlace place) {
    return folder.resolve(
        Hasher.of("reprise/published-at")
            .putString(place.real().toString())
            .putString(place.publication().form())
            .finish()
            .toString());
  }

  private Path theirs(PublishedPlace place) {
    return folder.resolve(file(place).getFileName() + ".theirs");
  }

  /** The lines without the digest; empty if there is no record, or none that can be trusted. */
  private static List<String> read(Path record) {
    try {
      List<String> lines = Files.readAllLines(record, UTF_8);
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
  private static List<String> files(PublishedPlace place) throws IOException {
    Path at = place.real();
    if (!Files.exists(at)) {
      return List.of();
    } else if (!place.publication().isFolder()) {
      return List.of(line(at, ""));
    }
    List<String> lines = new ArrayList<>();
    try (Stream<Path> all = Files.walk(at)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        lines.add(line(file, at.relativize(file).toString()));
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
