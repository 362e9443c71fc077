package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.journal.JournalFormat.RecordType;
import dev.reprise.journal.JournalFrames.Frame;
import dev.reprise.journal.StepForm.StepRecord;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The journals of other runs that the journal of a run names, as links in its own folder: {@code
 * base-1.journal} and so on.
 */
final class LinkedBases implements Closeable {
  private static final Pattern NAME = Pattern.compile("base-[0-9]{1,6}\\.journal");

  private final Path runFolder;
  private final Map<Path, String> names = new HashMap<>();
  private final Map<String, JournalFrames> open = new HashMap<>();
  private boolean unlinkable;

  LinkedBases(Path runFolder) {
    this.runFolder = runFolder;
  }

  /**
   * The name under which a journal lies in the folder, which it does at the latest now; null if it
   * cannot be linked there.
   */
  @Nullable String link(Path journal) {
    String known = names.get(journal);
    if (known != null || unlinkable) {
      return known;
    }
    String name = "base-" + (names.size() + 1) + ".journal";
    try {
      Files.createLink(runFolder.resolve(name), journal);
    } catch (IOException | UnsupportedOperationException e) {
      unlinkable = true; // the run was forgotten, or this disk has no links
      return null;
    }
    names.put(journal, name);
    return name;
  }

  /** Where a linked journal lies. */
  Path path(String name) {
    return runFolder.resolve(name);
  }

  /**
   * What a linked journal says of the cached units of a step.
   *
   * @param at where its frame begins
   * @throws IOException if the file cannot be read
   * @throws BadRecordException if that is not there
   */
  CachedBlock read(String name, long at) throws IOException, BadRecordException {
    if (!NAME.matcher(name).matches()) {
      throw new BadRecordException("the record names no journal of the folder");
    }
    JournalFrames frames = open.get(name);
    if (frames == null) {
      frames = JournalFrames.open(path(name));
      open.put(name, frames);
    }
    Frame frame = frames.at(at);
    if (frame == null || frame.type() != RecordType.STEP) {
      throw new BadRecordException("it has no step at byte " + at);
    }
    StepRecord step = StepForm.read(frame.reader());
    return step.cached();
  }

  @Override
  public void close() throws IOException {
    for (JournalFrames frames : open.values()) {
      frames.close();
    }
  }
}
