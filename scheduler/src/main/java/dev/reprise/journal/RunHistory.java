package dev.reprise.journal;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.upkeep.Uses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The runs of a home, as their journals tell them. A folder that is not there has no runs. */
public final class RunHistory {
  /** The word for the run that began last. */
  public static final String LATEST = "latest";

  private final Path folder;

  /** Takes the folder that holds a folder per run. */
  public RunHistory(Path folder) {
    this.folder = folder;
  }

  /** The journal in the folder of a run. */
  static Path journal(Path runFolder) {
    return runFolder.resolve("journal");
  }

  /** The folder of a run; may not exist. */
  public Path folder(String run) {
    return folder.resolve(run);
  }

  /** What user code of a run printed. */
  public OutputLogs logs(String run) {
    return new OutputLogs(folder(run));
  }

  /**
   * Ids of all runs, newest first.
   *
   * @throws UncheckedIOException if the folder cannot be listed
   */
  public List<String> ids() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(RunIds::isId)
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the runs in " + folder, e);
    }
  }

  /**
   * The id of the run that is meant.
   *
   * @param wanted an id, how one begins or ends, or {@code latest}: the last one that came far
   *     enough to write something down
   * @throws UnknownRunException if there is none, or more than one
   */
  public String find(String wanted) throws UnknownRunException {
    List<String> ids = ids();
    if (ids.isEmpty()) {
      throw new UnknownRunException("there are no runs in " + folder + "; start one with 'run'");
    }
    if (wanted.equals(LATEST)) {
      return ids.stream().filter(this::hasBegun).findFirst().orElse(ids.get(0));
    }
    List<String> matches =
        ids.stream().filter(id -> id.startsWith(wanted) || id.endsWith(wanted)).toList();
    if (wanted.isEmpty() || matches.isEmpty()) {
      throw new UnknownRunException(
          "no run %s in %s%s; the latest is %s"
              .formatted(Text.quote(wanted), folder, Text.hint(wanted, ids), ids.get(0)));
    }
    if (matches.size() > 1) {
      throw new UnknownRunException(
          "%s fits %d runs: %s; write more of the id"
              .formatted(
                  Text.quote(wanted),
                  matches.size(),
                  matches.stream().limit(5).collect(Collectors.joining(", "))));
    }
    return matches.get(0);
  }

  /** Whether the journal of a run has begun; one that was forgotten has none. */
  public boolean hasBegun(String id) {
    return journal(folder(id)).toFile().length() > 0;
  }

  /**
   * Reads a run.
   *
   * @throws IOException if its journal cannot be read, or a newer version wrote it; says which
   */
  public RecordedRun read(String run) throws IOException {
    return JournalReader.read(journal(folder(run)));
  }

  /**
   * Tells which keys a run used: found, or made a result of.
   *
   * @throws IOException as {@link #read}
   */
  public void forEachUse(String run, Uses.Each each) throws IOException {
    forEachUse(run, each, () -> true);
  }

  /**
   * Tells which keys a run used.
   *
   * @return whether it got to the end
   * @throws IOException as {@link #read}
   */
  boolean forEachUse(String run, Uses.Each each, BooleanSupplier goOn) throws IOException {
    return JournalReader.forEachUse(journal(folder(run)), each, goOn, /* whole= */ false);
  }

  /**
   * As {@link #forEachUse}, of a run whose journal must have an end.
   *
   * @throws IOException also if it has none, or is damaged
   */
  boolean forEachUseOfWhole(String run, Uses.Each each, BooleanSupplier goOn) throws IOException {
    return JournalReader.forEachUse(journal(folder(run)), each, goOn, /* whole= */ true);
  }

  /** When the journal of a run was written last, by the clock of its disk. */
  Instant lastWritten(String run) throws IOException {
    return Files.getLastModifiedTime(journal(folder(run))).toInstant();
  }

  /**
   * Runs that may be forgotten: those that are over, but for the newest, oldest first.
   *
   * @param keep how many of the newest stay
   * @param notBefore runs whose journal was written at this moment or later stay, too
   * @param host this one; runs of others may share this home
   */
  public List<String> superfluous(int keep, Instant notBefore, String host, Instant now) {
    List<String> ids = ids();
    List<String> found = new ArrayList<>();
    for (String run : ids.subList(Math.min(keep, ids.size()), ids.size())) {
      try {
        RunBrief brief = readBrief(run);
        if (brief.isOver(host, now) && brief.lastWritten().isBefore(notBefore)) {
          found.add(0, run);
        }
      } catch (IOException e) {
        // Nothing is known of it, so it stays.
      }
    }
    return found;
  }

  /**
   * Forgets a run: removes its folder, the journal last, so that what is left when that is cut
   * short can be seen, and forgotten again.
   *
   * @throws IOException if some of it cannot be removed
   */
  public void forget(String run) throws IOException {
    checkArgument(RunIds.isId(run), "%s is no id of a run", run);
    Path of = folder(run);
    Path journal = journal(of);
    List<Path> all;
    try (Stream<Path> walk = Files.walk(of)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path each : all) {
      if (!each.equals(journal) && !each.equals(of)) {
        Files.deleteIfExists(each);
      }
    }
    Files.deleteIfExists(journal);
    Files.deleteIfExists(of);
  }

  /**
   * Reads what a list shows of a run, which does not depend on how many units it has.
   *
   * @throws IOException as {@link #read}
   */
  public RunBrief readBrief(String run) throws IOException {
    return JournalReader.readBrief(journal(folder(run)));
  }
}
