package dev.reprise.journal;

import dev.reprise.cache.base.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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

  private boolean hasBegun(String id) {
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
   * Reads what a list shows of a run, which does not depend on how many units it has.
   *
   * @throws IOException as {@link #read}
   */
  public RunBrief readBrief(String run) throws IOException {
    return JournalReader.readBrief(journal(folder(run)));
  }
}
