package dev.reprise.journal;

import dev.reprise.cache.store.Manifest;
import dev.reprise.graph.Node;
import dev.reprise.journal.JournalBases.Base;
import dev.reprise.journal.JournalBases.StepOf;
import dev.reprise.journal.JournalFormat.RecordType;
import dev.reprise.journal.StepForm.OnBase;
import dev.reprise.journal.StepForm.StepRecord;
import dev.reprise.journal.UnitForm.Changes;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the journal of one run, and the files with what user code printed. If it cannot, it throws
 * {@link UncheckedIOException}; the run then goes on without it, with a warning.
 *
 * <p>A unit that was not cached is a record of its own, written when it ends. Cached ones are
 * written when their step ends, all in one; or as a difference from what an earlier journal of the
 * driver says, which then lies in the folder too.
 */
public final class JournalWriter implements RunListener {
  /** Code of the records that tell what was published. */
  public static final String PUBLISHED = "PUBLISHED";

  /** Code of the record that tells what an audit came to. */
  public static final String AUDITED = "AUDITED";

  /*
   * What `result` may be asked for is kept here with its inline bytes, so that it works from the journal
   * and the store alone, whatever becomes of the index. The limits keep a step of a million units from
   * costing a look-up each; past them `result` asks the index by the keys that are always kept.
   */
  private static final int MOST_MANIFESTS_OF_ENDING = 10_000;

  private static final int MOST_MANIFESTS = 200;
  private static final int LARGEST_MANIFEST = 256 << 10;

  /**
   * Digests of arguments let {@code why -v} show them; those of cached units have to be computed.
   * The journal of the run that made the result has them in any case.
   */
  private static final int MOST_ARGUMENTS = 200;

  /** One in so many units may be told beside those of a base. */
  private static final int MOST_BESIDE = 8;

  /** Larger steps are rare enough for memory of their own, which is not held on to. */
  private static final int MOST_REUSED = 1 << 16;

  private final Path runFolder;
  private final Clock clock;
  private final OutputLogs logs;
  private final JournalBases bases;
  private final LinkedBases links;

  /** What later journals may name, once this one is whole, as far as there is room. */
  private final Map<StepOf, Base> offered = new HashMap<>();

  private long offeredBytes;
  private final RecordWriter record = new RecordWriter();
  private final CachedBlock reused = new CachedBlock(0);
  private final BitSet told = new BitSet();

  /** How many steps there are to tell of. */
  private int steps;

  /** Changes that units share and that are in the journal, by number; one object is one record. */
  private final IdentityHashMap<List<Change>, Integer> written = new IdentityHashMap<>();

  private @Nullable JournalFile file;

  /** What came of writing output in the journal's thread; null if all is well. */
  private volatile @Nullable IOException outputLost;

  private boolean outputLossTold;
  private BitSet endings = new BitSet();
  private long startMillis;

  /**
   * Takes the folder of the run, which is created when the run begins.
   *
   * @param clock the wall clock, for when things happened
   * @param bases what earlier journals say, and later ones will find of this one
   */
  public JournalWriter(Path runFolder, Clock clock, JournalBases bases) {
    this.runFolder = runFolder;
    this.clock = clock;
    this.logs = new OutputLogs(runFolder);
    this.bases = bases;
    this.links = new LinkedBases(runFolder);
  }

  /** The same of a run that tells all by itself. */
  public JournalWriter(Path runFolder, Clock clock) {
    this(runFolder, clock, JournalBases.none());
  }

  @Override
  public void started(RunHeader header, RunView view) {
    startMillis = header.start().toEpochMilli();
    RecordedGraph graph = RecordedGraph.of(view.graph());
    endings = graph.endings();
    steps = (int) view.graph().nodes().stream().filter(Node::isStep).count();
    try {
      PrivateFiles.createFolder(runFolder);
      HeaderForm.write(record.begin(RecordType.HEADER), header, graph);
      file = new JournalFile(RunHistory.journal(runFolder), record);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the journal of the run: " + e.getMessage(), e);
    }
  }

  @Override
  public void planned(RunView view, PlanSummary summary) {
    append(RecordType.PLAN, to -> SummaryForm.writePlan(to, summary));
  }

  @Override
  public void unitFinished(RunView view, UnitReport report) {
    int unit = report.unit();
    int node = view.nodeOf(unit);
    log(view, report);
    RecordedUnit ended =
        new RecordedUnit(
            node,
            view.partitionOf(unit),
            view.label(unit),
            report.outcome(),
            report.reason(),
            view.key(unit),
            view.content(unit),
            view.argumentDigests(unit),
            report.attempts(),
            report.durationNanos(),
            offsetMillis(),
            report.output().length,
            LongText.cut(report.message()),
            LongText.cut(report.error()),
            report.stepChanged(),
            report.argumentsChanged(),
            keepsManifest(view, report) ? manifest(view, unit) : Optional.empty(),
            cut(report.keeping()),
            view.runKey(unit));
    int stepChanges = numberOf(report.stepChanged());
    append(RecordType.UNIT, to -> UnitForm.write(to, ended, stepChanges));
  }

  /** The number under which these changes are in the journal, which they are at the latest now. */
  private int numberOf(List<Change> changes) {
    if (changes.isEmpty()) {
      return 0;
    }
    Integer known = written.get(changes);
    if (known != null) {
      return known;
    }
    int number = written.size() + 1;
    written.put(changes, number);
    append(RecordType.CHANGES, to -> UnitForm.writeChanges(to, new Changes(number, changes)));
    return number;
  }

  @Override
  public void unitRetried(RunView view, UnitReport report, Duration wait) {
    int unit = report.unit();
    log(view, report);
    RecordedRetry retry =
        new RecordedRetry(
            view.nodeOf(unit),
            view.partitionOf(unit),
            view.label(unit),
            report.attempts(),
            wait,
            offsetMillis(),
            LongText.cut(report.message()),
            LongText.cut(report.error()));
    append(RecordType.RETRY, to -> UnitForm.writeRetry(to, retry));
  }

  @Override
  public void stepFinished(RunView view, StepReport report) {
    int node = report.node();
    if (!view.graph().node(node).isStep()) {
      return;
    }
    StepOf name = new StepOf(view.graph().pipeline(), view.graph().node(node).name());
    boolean large = report.outcomes().getOrDefault(Outcome.CACHED, 0) >= bases.least();
    Base base = large ? bases.find(name) : null;
    StepRecord step =
        new StepRecord(
            node,
            report.units(),
            offsetMillis(),
            report.outcomes(),
            report.savedNanos(),
            labels(view, node, report.units()),
            view.parts(node).orElse(null),
            cached(view, report, base == null ? CachedBlock.EMPTY : base.block()));
    append(name, step, base);
    told.set(node);
    JournalFile journal = file;
    if (told.cardinality() == steps && journal != null) {
      journal.syncSoon(); // little is to come, and others have something to end
    }
  }

  private void append(StepOf name, StepRecord step, @Nullable Base base) {
    CachedBlock cached = step.cached();
    OnBase told = base == null ? null : onBase(base, cached);
    if (base != null && told != null) {
      append(RecordType.STEP_ON_BASE, to -> StepForm.write(to, step, told));
      offered.put(
          name, new Base(links.path(told.journal()), base.at(), base.block(), base.weight()));
      return;
    }
    JournalFile journal = file;
    long at = journal == null ? 0 : journal.position();
    append(RecordType.STEP, to -> StepForm.write(to, step));
    if (cached.size() >= bases.least()) {
      offer(name, at, cached);
    }
  }

  private void offer(StepOf name, long at, CachedBlock cached) {
    long weight = cached.weight();
    if (offeredBytes + weight <= bases.mostBytes()) {
      offeredBytes += weight;
      Path journal = RunHistory.journal(runFolder);
      offered.put(name, new Base(journal, at, cached.copy(), weight));
    }
  }

  private @Nullable OnBase onBase(Base base, CachedBlock cached) {
    BlockDifference difference =
        BlockDifference.between(base.block(), cached, cached.size() / MOST_BESIDE);
    String link = difference == null ? null : links.link(base.journal());
    return difference == null || link == null ? null : new OnBase(link, base.at(), difference);
  }

  @Override
  public void published(PublishReport report) {
    warning(PUBLISHED, report.text());
  }

  /** Beside the differences, which are warnings: that there are none is to be known too. */
  @Override
  public void audited(AuditReport report) {
    warning(AUDITED, report.text());
  }

  @Override
  public void warning(String code, String message) {
    append(
        RecordType.WARNING,
        to -> to.putString(code).putString(LongText.cut(message)).putNumber(offsetMillis()));
  }

  @Override
  public void finished(RunView view, RunSummary summary) {
    JournalFile journal = file;
    if (journal == null) {
      return;
    }
    tellUnwritable();
    long at = journal.position();
    append(RecordType.SUMMARY, to -> SummaryForm.write(to, cut(summary)));
    append(RecordType.END, to -> to.putFixed(at));
    file = null;
    try {
      journal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    offered.forEach(bases::put);
    IOException untold = outputLossTold ? null : outputLost;
    if (untold != null) {
      throw new UncheckedIOException(outputLost(untold), untold);
    }
  }

  private static Keeping cut(Keeping keeping) {
    return keeping.because().isEmpty()
        ? keeping
        : new Keeping(keeping.state(), LongText.cut(keeping.because()));
  }

  private static RunSummary cut(RunSummary summary) {
    return new RunSummary(
        summary.state(),
        summary.exitCode(),
        summary.units(),
        summary.outcomes(),
        summary.savedNanos(),
        summary.wallNanos(),
        LongText.cut(summary.message()));
  }

  /**
   * Valid until it is asked for the next step.
   *
   * @param base what an earlier journal says of the step
   */
  private CachedBlock cached(RunView view, StepReport report, CachedBlock base) {
    int first = view.firstUnit(report.node());
    int cached = report.outcomes().getOrDefault(Outcome.CACHED, 0);
    boolean manifests = keepsManifests(view, report.node());
    CachedBlock block = cached <= MOST_REUSED ? reused.reset(cached) : new CachedBlock(cached);
    for (int place = 0, partition = 0; partition < report.units(); partition++) {
      int begin = partition;
      while (partition < report.units() && view.outcome(first + partition) == Outcome.CACHED) {
        partition++;
      }
      if (partition > begin) {
        block.set(place, place + partition - begin, begin, view, first + begin);
        place += partition - begin;
      }
    }
    if (manifests) {
      setManifests(block, view, first, base);
    }
    for (int place = 0; place < cached && cached <= MOST_ARGUMENTS; place++) {
      block.setArguments(place, view.argumentDigests(first + block.partition(place)));
    }
    return block;
  }

  /** What the base has may be written, which need not be asked again of thousands. */
  @SuppressWarnings("ReferenceEquality") // equal ones are asked, which does no harm
  private static void setManifests(CachedBlock block, RunView view, int first, CachedBlock base) {
    for (int place = 0, its = 0; place < block.size(); place++) {
      int partition = block.partition(place);
      while (its < base.size() && base.partition(its) < partition) {
        its++;
      }
      Manifest manifest = view.manifest(first + partition).orElse(null);
      boolean isThere = its < base.size() && base.manifestAt(its) == manifest;
      if (manifest != null && (isThere || isKept(manifest))) {
        block.setManifest(place, manifest);
      }
    }
  }

  private boolean keepsManifests(RunView view, int node) {
    int units = view.unitCount(node);
    return units <= (endings.get(node) ? MOST_MANIFESTS_OF_ENDING : MOST_MANIFESTS);
  }

  /** Of a result that the index does not hold, a run that goes on from this one has no other. */
  private boolean keepsManifest(RunView view, UnitReport report) {
    int node = view.nodeOf(report.unit());
    Keeping keeping = report.keeping();
    boolean elsewhere =
        report.outcome() == Outcome.CACHED
            || (keeping != null && keeping.state() == Keeping.State.KEPT);
    return keepsManifests(view, node)
        || (!elsewhere && view.unitCount(node) <= MOST_MANIFESTS_OF_ENDING);
  }

  private static Optional<Manifest> manifest(RunView view, int unit) {
    return view.manifest(unit).filter(JournalWriter::isKept);
  }

  private static boolean isKept(Manifest manifest) {
    return ManifestForm.isWritable(manifest)
        && ManifestForm.inlineBytes(manifest) <= LARGEST_MANIFEST;
  }

  private Labels labels(RunView view, int node, int units) {
    int first = view.firstUnit(node);
    if (units == 0 || (units == 1 && view.label(first).isEmpty())) {
      return new Labels.None();
    }
    for (int input : view.graph().inputs(node)) {
      if (told.get(input) && view.sameLabels(node, input)) {
        return new Labels.SameAs(input);
      }
    }
    List<String> labels = new ArrayList<>(units);
    boolean numbered = true;
    for (int i = 0; i < units; i++) {
      String label = view.label(first + i);
      numbered &= label.equals(Integer.toString(i));
      labels.add(label);
    }
    return numbered ? new Labels.Numbered() : new Labels.Listed(labels);
  }

  /** Has the writer of the journal keep what a unit printed: the run waits for no disk. */
  private void log(RunView view, UnitReport report) {
    JournalFile journal = file;
    byte[] output = report.output();
    if (output.length == 0 || journal == null) {
      return;
    }
    int node = view.nodeOf(report.unit());
    int partition = view.partitionOf(report.unit());
    try {
      journal.append(output.length, () -> log(node, partition, output));
    } catch (IOException e) {
      throw lost(journal, e);
    }
    tellUnwritable();
  }

  private void log(int node, int partition, byte[] output) {
    try {
      logs.append(node, partition, output);
    } catch (IOException e) {
      outputLost = e; // no reason to lose the journal as well
    }
  }

  private void tellUnwritable() {
    IOException why = outputLost;
    if (why != null && !outputLossTold) {
      outputLossTold = true;
      warning("OUTPUT_UNWRITABLE", outputLost(why));
    }
  }

  private static String outputLost(IOException why) {
    return "cannot keep all that the user's code printed: " + why;
  }

  private UncheckedIOException lost(JournalFile journal, IOException why) {
    file = null;
    journal.abandon();
    return new UncheckedIOException(
        "the journal of the run cannot be written any more (%s): 'runs', 'why' and 'result' will know what came before"
            .formatted(why.getMessage()),
        why);
  }

  /** Appends a record, if the run has begun and not ended. */
  private void append(RecordType type, Consumer<RecordWriter> fields) {
    JournalFile journal = file;
    if (journal == null) {
      return;
    }
    try {
      fields.accept(record.begin(type));
      journal.append(record);
    } catch (IOException e) {
      throw lost(journal, e);
    }
  }

  private long offsetMillis() {
    return Math.max(0, clock.millis() - startMillis);
  }
}
