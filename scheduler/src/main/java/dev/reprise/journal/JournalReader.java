package dev.reprise.journal;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.upkeep.Uses;
import dev.reprise.journal.HeaderForm.Opening;
import dev.reprise.journal.JournalFrames.Frame;
import dev.reprise.journal.RecordedGraph.RecordedNode;
import dev.reprise.journal.StepForm.OnBase;
import dev.reprise.journal.StepForm.StepRecord;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one journal. What was written before a torn tail, or before damage, is good and is told;
 * that there is more, or was, is told too.
 */
final class JournalReader {
  private final Opening opening;
  private final LinkedBases bases;
  private final Map<Integer, StepRecord> ended = new TreeMap<>();
  private final SortedMap<Integer, SortedMap<Integer, RecordedUnit>> told = new TreeMap<>();
  private final Map<Integer, List<Change>> changes = new HashMap<>();
  private final List<RecordedRetry> retries = new ArrayList<>();
  private final List<RecordedWarning> warnings = new ArrayList<>();
  private String damage = "";
  private @Nullable PlanSummary plan;
  private @Nullable RunSummary summary;

  private JournalReader(Opening opening, LinkedBases bases) {
    this.opening = opening;
    this.bases = bases;
  }

  private static LinkedBases basesOf(Path journal) {
    return new LinkedBases(requireNonNull(journal.toAbsolutePath().getParent()));
  }

  /**
   * Reads the journal at {@code path}.
   *
   * @throws IOException if it cannot be read, has no header, or a newer version wrote it; says
   *     which
   */
  static RecordedRun read(Path path) throws IOException {
    try (JournalFrames frames = JournalFrames.open(path);
        LinkedBases bases = basesOf(path)) {
      JournalReader reader = new JournalReader(readOpening(frames), bases);
      for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
        reader.take(frame);
      }
      String damage = frames.damage().isEmpty() ? reader.damage : frames.damage();
      return reader.run(damage, frames.lastWritten());
    } catch (BadRecordException | IllegalArgumentException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Reads the beginning and the end alone.
   *
   * @throws IOException as {@link #read}
   */
  static RunBrief readBrief(Path path) throws IOException {
    try (JournalFrames frames = JournalFrames.open(path)) {
      Opening opening = readOpening(frames);
      Optional<Frame> last = frames.summary();
      RunSummary summary =
          last.isPresent() ? SummaryForm.read(last.get().reader()) : scanForSummary(frames);
      return new RunBrief(opening.header(), summary, frames.lastWritten());
    } catch (BadRecordException | IllegalArgumentException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Tells which keys a run used: found, or made a result of. Holds no more than a record.
   *
   * @param whole whether it must have its end
   * @return whether it got to the end
   * @throws IOException as {@link #read}, or if it is not whole and must be
   */
  static boolean forEachUse(Path path, Uses.Each each, BooleanSupplier goOn, boolean whole)
      throws IOException {
    try (JournalFrames frames = JournalFrames.open(path);
        LinkedBases bases = basesOf(path)) {
      JournalReader reader = new JournalReader(readOpening(frames), bases);
      long began = reader.opening.header().start().toEpochMilli();
      boolean ended = false;
      for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
        if (!goOn.getAsBoolean()) {
          return false;
        }
        reader.use(frame, began, each, whole);
        ended |= frame.type() == JournalFormat.RecordType.END;
      }
      if (whole && !(ended && frames.damage().isEmpty())) {
        throw new IOException(
            "what the run used is not known, since its journal %s has no end; close this driver, and 'reprise cache gc' does it"
                .formatted(path));
      }
      return true;
    } catch (BadRecordException | IllegalArgumentException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * @param whole whether it is an error if what a step reused cannot be read; else it is passed
   *     over
   */
  private void use(Frame frame, long began, Uses.Each each, boolean whole)
      throws IOException, BadRecordException {
    switch (frame.type()) {
      case UNIT -> {
        RecordedUnit unit = UnitForm.read(frame.reader(), changes);
        unit.key().ifPresent(key -> each.use(key, began + unit.offsetMillis()));
      }
      case STEP -> use(StepForm.read(frame.reader()), began, each);
      case STEP_ON_BASE -> {
        StepRecord step = StepForm.readHead(frame.reader());
        OnBase base = StepForm.readBase(frame.reader());
        try {
          step = withCached(step, base);
        } catch (IOException e) {
          if (whole) {
            throw e;
          }
        }
        use(step, began, each);
      }
      case CHANGES -> take(frame);
      default -> {
        // Names no key.
      }
    }
  }

  private static void use(StepRecord step, long began, Uses.Each each) {
    for (int i = 0; i < step.cached().size(); i++) {
      each.use(step.cached().key(i), began + step.offsetMillis());
    }
  }

  /**
   * The step with its cached units.
   *
   * @throws IOException if the journal that tells of them cannot be read
   */
  private StepRecord withCached(StepRecord step, OnBase base) throws IOException {
    try {
      return step.with(base.difference().over(bases.read(base.journal(), base.at())));
    } catch (IOException | BadRecordException e) {
      throw new IOException(
          "the journal tells in %s what step '%s' reused, and that cannot be read: %s"
              .formatted(base.journal(), name(step.node()), e.getMessage()),
          e);
    }
  }

  private String name(int node) {
    return opening.graph().nodes().stream()
        .filter(each -> each.id() == node)
        .map(RecordedNode::name)
        .findFirst()
        .orElse("");
  }

  /** A record passed its checksum and still makes no sense: other code wrote it. */
  private static IOException unreadable(Path path, Exception why) {
    return new IOException(
        "cannot make sense of the journal " + path + ": " + why.getMessage(), why);
  }

  /** A journal without its last frame may still have the summary, if that frame alone was torn. */
  private static @Nullable RunSummary scanForSummary(JournalFrames frames)
      throws IOException, BadRecordException {
    for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
      if (frame.type() == JournalFormat.RecordType.SUMMARY) {
        return SummaryForm.read(frame.reader());
      }
    }
    return null;
  }

  private static Opening readOpening(JournalFrames frames) throws IOException, BadRecordException {
    Frame first = frames.next();
    if (first == null || first.type() != JournalFormat.RecordType.HEADER) {
      throw new IOException("the journal " + frames.path() + " has no beginning");
    }
    return HeaderForm.read(first.reader());
  }

  private void take(Frame frame) throws BadRecordException {
    RecordReader from = frame.reader();
    switch (frame.type()) {
      case PLAN -> plan = SummaryForm.readPlan(from);
      case UNIT -> {
        RecordedUnit unit = UnitForm.read(from, changes);
        told.computeIfAbsent(unit.node(), node -> new TreeMap<>()).put(unit.partition(), unit);
      }
      case CHANGES -> {
        UnitForm.Changes shared = UnitForm.readChanges(from);
        changes.put(shared.number(), shared.changes());
      }
      case STEP -> {
        StepRecord step = StepForm.read(from);
        ended.put(step.node(), step);
      }
      case STEP_ON_BASE -> {
        StepRecord step = StepForm.readHead(from);
        ended.put(step.node(), step);
        try {
          ended.put(step.node(), withCached(step, StepForm.readBase(from)));
        } catch (IOException e) {
          damage = damage.isEmpty() ? String.valueOf(e.getMessage()) : damage;
        }
      }
      case RETRY -> retries.add(UnitForm.readRetry(from));
      case WARNING ->
          warnings.add(new RecordedWarning(from.readString(), from.readString(), from.readLong()));
      case SUMMARY -> summary = SummaryForm.read(from);
      case HEADER, END, UNKNOWN -> {
        // Nothing to keep.
      }
    }
  }

  private RecordedRun run(String damage, Instant lastWritten) throws BadRecordException {
    List<RecordedStep> steps = new ArrayList<>();
    for (RecordedNode node : opening.graph().nodes()) {
      StepRecord record = ended.get(node.id());
      SortedMap<Integer, RecordedUnit> units = told.get(node.id());
      if (record != null || units != null) {
        Labels labels = record == null ? new Labels.None() : labels(record);
        steps.add(new RecordedStep(node, record, labels, units == null ? new TreeMap<>() : units));
      }
    }
    return new RecordedRun(
        opening.header(),
        opening.graph(),
        plan,
        steps,
        retries,
        warnings,
        summary,
        damage,
        lastWritten);
  }

  /** Follows references, which lead to nodes with smaller numbers. */
  private Labels labels(StepRecord record) throws BadRecordException {
    Labels labels = record.labels();
    if (!(labels instanceof Labels.SameAs same)) {
      return labels;
    }
    StepRecord other = ended.get(same.node());
    if (other == null || other.node() >= record.node()) {
      throw new BadRecordException(
          "the journal names labels of node " + same.node() + ", of which it does not tell");
    }
    return labels(other);
  }
}
