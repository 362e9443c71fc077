package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.FaultyCacheIndex;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FaultyResultStore;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.upkeep.KeptFailures;
import dev.reprise.executor.Argument;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.FakeExecutor;
import dev.reprise.graph.TaskGraph;
import dev.reprise.home.EarlierRunsOf;
import dev.reprise.journal.JournalBases;
import dev.reprise.journal.JournalWriter;
import dev.reprise.journal.RunHistory;
import dev.reprise.plan.HeldMemos;
import dev.reprise.plan.Recollections;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.TaskResolver;
import dev.reprise.plan.ValueEncoder;
import dev.reprise.testing.ForwardingClaims;
import dev.reprise.worker.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A driver's home and a cluster, in one thread and in virtual time: real keys, commits, codecs and
 * workers around disks, an index, a clock and claims that a seed makes fail.
 */
final class SimWorld implements LabParts {
  static final Scope SCOPE = Scope.of("sim/dev");
  private static final Instant EPOCH = Instant.parse("2026-03-01T10:00:00Z");
  private static final int MOST_SLOTS = 3;

  final RunLab lab = new RunLab();
  final SimPipeline pipeline;
  final FaultyResultStore disk = new FaultyResultStore(new InMemoryResultStore());
  final FaultyCacheIndex rows;
  final SimFaults faults;
  final SimGc gc;
  final RunHistory history;
  private final SimSeams seams;
  private final Random random;
  private final Path folder;
  private final boolean journals;

  /** How many units one record of memos holds: few, so that steps have several. */
  private final int block;

  /** How many attempts run at a time: with few, equal units wait in a queue. */
  final int slots;

  private final ResultStore store;
  private final CacheIndex index;
  private final Worker worker;
  private final Map<Path, String> written = new HashMap<>();
  private final List<FakeExecutor> executors = new ArrayList<>();

  /** Keys that the run has claimed, or wanted to. */
  private final List<Fingerprint> asked = new ArrayList<>();

  private InProcessClaims claims = newClaims();
  private HeldMemos held = new HeldMemos(HeldMemos.USUAL_BYTES);
  private JournalBases bases = newBases();

  /**
   * @param evictions chance of what is evicted
   * @param extras chance of what tasks say of reuse; null if they say little
   * @param nesting chance of nested pipelines; null if there are none
   * @param folder for files of sources, and journals
   * @param journals whether runs are written down
   */
  SimWorld(
      Random random,
      Random evictions,
      @Nullable Random extras,
      @Nullable Random nesting,
      Path folder,
      boolean journals,
      SimSeams seams) {
    this.random = random;
    this.folder = folder;
    this.journals = journals;
    this.seams = seams;
    seams.world = this;
    this.block = 1 + random.nextInt(2) + random.nextInt(2);
    this.slots = extras == null || extras.nextBoolean() ? MOST_SLOTS : 1;
    this.pipeline = new SimPipeline(random, extras, nesting);
    this.faults = new SimFaults(this, random);
    this.history = new RunHistory(folder.resolve("runs"));
    this.gc = new SimGc(this, seams, evictions);
    this.store = gc.noting(seams.store(disk));
    InstantSource indexClock = seams.indexClock(clock());
    this.rows = new FaultyCacheIndex(() -> new InMemoryCacheIndex(SCOPE, store, indexClock));
    this.index = seams.index(rows);
    this.worker = new Worker("w", store, getClass().getClassLoader(), lab::now, "here");
    lab.parts = this;
    lab.chaos = random;
    lab.weather =
        () -> {
          faults.weather();
          gc.weather();
        };
  }

  /** The wall clock. */
  Clock clock() {
    return new LabClock();
  }

  /** The wall clock goes with the lab's time. */
  private final class LabClock extends Clock {
    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new AssertionError("nobody asks for the time of day");
    }

    @Override
    public Instant instant() {
      return EPOCH.plusNanos(lab.now());
    }
  }

  /** Of small steps too, since all are. */
  private static JournalBases newBases() {
    return new JournalBases(1 << 20, 1);
  }

  private InProcessClaims newClaims() {
    return new InProcessClaims(
        lab::now,
        (delay, action) -> {
          boolean[] off = {false};
          lab.after(
              delay,
              () -> {
                if (!off[0]) {
                  action.run();
                }
              });
          return () -> off[0] = true;
        });
  }

  /** Brings the files of sources on the disk to what the pipeline says. */
  TaskGraph declare() {
    Map<Path, String> wanted = new HashMap<>();
    pipeline.sources.forEach(
        (source, files) ->
            files.forEach(
                (label, content) -> wanted.put(folder.resolve(source).resolve(label), content)));
    try {
      for (Map.Entry<Path, String> file : wanted.entrySet()) {
        if (!file.getValue().equals(written.get(file.getKey()))) {
          Files.createDirectories(requireNonNull(file.getKey().getParent()));
          Files.writeString(file.getKey(), file.getValue());
          written.put(file.getKey(), file.getValue());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    executors.clear();
    asked.clear();
    return pipeline.graph(folder, seams);
  }

  /** What user code ran for since the pipeline was declared last, {@code step:label} or step. */
  List<String> executions() {
    return executors.stream().flatMap(executor -> executor.executions().stream()).toList();
  }

  /** Claims without what a variant makes of them. */
  InProcessClaims soundClaims() {
    return claims;
  }

  /** Keys of the entries that there are, or of those that are being made. */
  List<Fingerprint> claimable() {
    if (!asked.isEmpty() && random.nextBoolean()) {
      return asked;
    }
    return entries().stream().map(entry -> entry.key().digest()).toList();
  }

  /** The entries that can be read, by key. */
  List<CacheEntry> entries() {
    List<CacheEntry> entries = new ArrayList<>();
    visitEntries(entries::add, key -> {});
    return entries;
  }

  /** The failures that are kept, also those that do not count any more. */
  List<KeptFailure> failures() {
    try {
      return KeptFailures.find(rows.sound(), any -> true);
    } catch (CacheUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  /** Keys of the entries that cannot. */
  List<CacheKey> damagedEntries() {
    List<CacheKey> damaged = new ArrayList<>();
    visitEntries(entry -> {}, damaged::add);
    return damaged;
  }

  private void visitEntries(Consumer<CacheEntry> sound, Consumer<CacheKey> damaged) {
    try {
      rows.sound()
          .forEach(
              new CacheIndex.EntryVisitor() {
                @Override
                public void entry(CacheEntry entry) {
                  sound.accept(entry);
                }

                @Override
                public void damaged(@Nullable CacheKey key, String why) {
                  damaged.accept(requireNonNull(key));
                }
              });
    } catch (CacheUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes to the index behind the run's back. */
  void write(IndexBatch batch) {
    try {
      rows.writeSoundly(batch);
    } catch (CacheUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  /** The driver's process has ended; another one will find what is on the disks. */
  void restart(boolean powerCut) {
    lab.forget();
    claims = newClaims();
    held = new HeldMemos(HeldMemos.USUAL_BYTES);
    bases = newBases();
    lab.open = 0;
    if (powerCut) {
      disk.cutPower(random);
      rows.cutPower(random);
    }
  }

  /** What the end of a command makes durable. */
  void sync() {
    try {
      rows.sync();
    } catch (CacheUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public CacheIndex index() {
    return index;
  }

  @Override
  public Remembering remembering() {
    return seams.remembering(new Remembering(1, block, block - 1));
  }

  @Override
  public HeldMemos held() {
    return held;
  }

  @Override
  public Claims claims() {
    return seams.claims(new Watched(claims));
  }

  /** Remembers what is asked for. */
  private final class Watched extends ForwardingClaims {
    Watched(Claims all) {
      super(all);
    }

    @Override
    public Outcome claim(Fingerprint key, String owner, Duration timeToLive) {
      asked.add(key);
      return super.claim(key, owner, timeToLive);
    }
  }

  @Override
  public TaskResolver resolver() {
    return seams.resolver(new SimResolver(pipeline.bodies));
  }

  @Override
  public ValueEncoder values() {
    return seams.values(new LabByHand.LabValues());
  }

  @Override
  public RunEnvironment.Sources sources() {
    return new RunEnvironment.Sources() {
      @Override
      public Fingerprint digest(String source, Path file) {
        return seams.digest(file.toString(), requireNonNull(written.get(file)));
      }

      @Override
      public Argument.File argument(Path file) {
        try {
          return new Argument.File(file, FileStamp.of(file));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  @Override
  public TaskExecutor executor(TaskGraph graph) {
    FakeExecutor fake =
        new FakeExecutor(
            "sim", worker, slots, random, (step, label, attempt) -> faults.ofAttempt(step));
    executors.add(fake);
    return new SimExecutor(lab, fake, slots, faults, random, seams);
  }

  @Override
  public Commits commits(Consumer<List<Commits.Settled>> settled) {
    boolean keeps = lab.options.cache().writes();
    Committer committer =
        new Committer(keeps ? index : null, store, claims(), SCOPE.name(), clock(), faults::pass);
    LabCommits.Keeper keeper =
        seams.keeper(new SimKeeper(committer, store, index, faults::passMemo));
    return new LabCommits(lab, seams.settled(settled), keeper);
  }

  @Override
  public Recollections recollections(RunOptions options) {
    Resume resume = options.resume();
    return resume == null
        ? Recollections.NONE
        : EarlierRunsOf.read(history, resume, this::holds, lab.warnings::add);
  }

  /** Whether every blob of a result is there. */
  boolean holds(Manifest manifest) {
    return manifest.blobs().stream()
        .allMatch(blob -> disk.presence(blob.address(), blob.size()) == Presence.PRESENT);
  }

  @Override
  public List<RunListener> listeners(String run) {
    return journals
        ? List.of(seams.journal(new JournalWriter(history.folder(run), clock(), bases)))
        : List.of();
  }
}
