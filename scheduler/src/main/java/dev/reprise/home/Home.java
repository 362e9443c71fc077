package dev.reprise.home;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Folders;
import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.Lease;
import dev.reprise.cache.code.CodeMemo;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.fingerprint.CanonicalEncoder;
import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileMemo;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.FileLocking;
import dev.reprise.cache.index.IndexFileMemo;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.IndexSettings.Start;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoreWatch;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.graph.Publication;
import dev.reprise.graph.TaskGraph;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.journal.RunHistory;
import dev.reprise.plan.HeldMemos;
import dev.reprise.plan.Probing;
import dev.reprise.plan.Recollections;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.StepKeys;
import dev.reprise.plan.ValueEncoder;
import dev.reprise.run.CacheMode;
import dev.reprise.run.Mailbox;
import dev.reprise.run.Publisher;
import dev.reprise.run.Resume;
import dev.reprise.run.RunEnvironment;
import dev.reprise.run.RunListener.RunHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A driver's home, opened: the result store, and the index if there is one to be had. Trouble with
 * either is a warning, and runs go without cache.
 */
public final class Home implements AutoCloseable {
  /** Results of at most so many bytes live in the index, in bytes. */
  private static final int INLINE_LIMIT = 32 << 10;

  /** A step with fewer units is looked up as fast as its memo is read. */
  private static final int LEAST_REMEMBERED = 32;

  /**
   * In a graph of fewer units nobody notices that each waits a millisecond for those before it, and
   * what is told of them comes in their order.
   */
  private static final int HANDS_ON_FROM = 256;

  private static final Logger log = LoggerFactory.getLogger(Home.class);

  private final HomeOptions options;
  private final Clock clock;
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final @Nullable CacheIndex index;
  private final ResultStore store;
  private final Path storeFolder;
  private final boolean writable;
  private final @Nullable String keepsNothing;
  private final @Nullable Path temporary;
  private final HomeSecret secret;
  private final LoaderTimes loaders;
  private final PublishedRecords published;
  private final HeldMemos held = new HeldMemos(HeldMemos.USUAL_BYTES);
  private final PublishTurns publishTurns = new PublishTurns(PublishTurns.PATIENCE_SECONDS);
  private final @Nullable AutomaticGc gc;
  private final Preparing preparing = new Preparing();

  private Home(HomeOptions options, String command, Clock clock, FileLocking locking)
      throws IndexLockedException {
    Instant opened = clock.instant();
    this.clock = clock;
    this.loaders = new LoaderTimes(clock);
    Duration lease = Lease.asked(options.lease()).length();
    if (!lease.equals(options.lease())) {
      warnings.add(
          "a lease of %s was asked for, and it can be from %s to %s: it is %s"
              .formatted(
                  Durations.text(options.lease()),
                  Durations.text(Lease.SHORTEST),
                  Durations.text(Lease.LONGEST),
                  Durations.text(lease)));
    }
    AtomicBoolean isOpen = new AtomicBoolean(); // later trouble is of runs, which hear of it
    StoreFolders folders =
        StoreFolders.open(
            options,
            text -> {
              if (!isOpen.get()) {
                warnings.add(text);
              }
            });
    isOpen.set(true);
    this.store = folders.store();
    this.storeFolder = folders.folder();
    this.temporary = folders.temporary();
    String unwritable = folders.unwritable();
    this.writable = folders.homeWritable() && options.access() != Access.PLAN;
    if (writable && unwritable == null && options.access().writes()) {
      tidy(options.runsFolder()); // before it is asked how full the disk is
    }
    boolean plans = options.access() == Access.PLAN;
    boolean keeps = plans || options.access().writes(); // or would, if the plan were run
    String full = keeps && temporary == null ? whyFull(options) : null;
    if (full != null) {
      warnings.add(full);
    }
    String reading = unwritable == null ? full : unwritable;
    boolean asAsked = plans || reading == null || !options.access().writes();
    this.options = asAsked ? options : options.withAccess(Access.READ);
    this.keepsNothing =
        plans || this.options.access().writes()
            ? reading
            : requireNonNullElse(reading, "this home was opened to be read");
    // Entries would outlive blobs in a temporary store, so there is no index then.
    this.index = folders.reuses() ? openIndex(command, locking) : null;
    this.published = new PublishedRecords(options.publishedFolder(), options.publishReplaces());
    this.secret = new HomeSecret(options.home(), writable, warnings::add);
    this.gc = automaticGc(opened);
  }

  /** Null if nothing is evicted here. */
  private @Nullable AutomaticGc automaticGc(Instant opened) {
    if (index == null || !writable || !options.access().writes()) {
      return null;
    }
    SizeFile file = new SizeFile(options.home());
    OptionalLong known = file.take(); // also if nothing is limited: what is kept now is not counted
    if (options.gc().isNone()) {
      return null;
    }
    HomeGc of = new HomeGc(options.home(), options.runsFolder(), Scopes.of(index), store, clock);
    return new AutomaticGc(
        options.gc(), of, file, new LastGc(options.home()), known, opened, Ticker.system());
  }

  /** The probes of runs and plans that are being prepared. */
  Preparing preparing() {
    return preparing;
  }

  /** Interrupts the probes of what is being prepared, now and later: the home is to be closed. */
  public void endPreparing() {
    preparing.end();
  }

  /** A run goes on, and writes a journal: what it uses stays while the home is open. */
  public void runBegins(String run) {
    if (gc != null) {
      gc.begun(run);
    }
  }

  /**
   * Brings the home within its limits, if it has any: a run has ended and no other goes on.
   *
   * @param goOn asked every now and then
   */
  public void runEnded(BooleanSupplier goOn) {
    if (gc != null) {
      gc.runEnded(goOn);
    }
  }

  private LongConsumer keptBytes() {
    AutomaticGc adds = gc;
    return adds == null ? bytes -> {} : adds::kept;
  }

  /**
   * Opens a home.
   *
   * @param command what this process runs, told to others who wait for the index
   * @throws IndexLockedException if another process holds the index and does not let go in time
   */
  public static Home open(HomeOptions options, String command, Clock clock)
      throws IndexLockedException {
    return open(options, command, clock, FileLocking.SYSTEM);
  }

  /**
   * Opens a home as {@link #open(HomeOptions, String, Clock)}.
   *
   * @param locking how the index is locked
   */
  public static Home open(HomeOptions options, String command, Clock clock, FileLocking locking)
      throws IndexLockedException {
    return new Home(options, command, clock, locking);
  }

  private void tidy(Path runs) {
    String left = StoreTidying.of(store, new RunHistory(runs), clock.instant()).tidy();
    if (left != null) {
      warnings.add(left);
    }
  }

  /** Why too little is free to keep anything; null if there is enough. */
  private @Nullable String whyFull(HomeOptions options) {
    for (Path folder : List.of(options.home(), storeFolder)) {
      OptionalLong free = usableSpace(folder);
      if (free.isPresent() && free.getAsLong() < options.freeSpaceFloor()) {
        return String.format(
            Locale.ROOT,
            "nothing is kept: the disk of %s has %d MiB left, less than the %d MiB of"
                + " store-free-space-floor; free some space, or name another folder with %s",
            folder,
            free.getAsLong() >> 20,
            options.freeSpaceFloor() >> 20,
            folder.equals(storeFolder) ? "--store" : "--home");
      }
    }
    return null;
  }

  /**
   * What may still be written to the disk of a folder that is there, or is to be made; empty if it
   * cannot be asked, which shows when something is written.
   */
  private static OptionalLong usableSpace(Path folder) {
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      return OptionalLong.of(Folders.usableSpace(there));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private @Nullable CacheIndex openIndex(String command, FileLocking locking)
      throws IndexLockedException {
    if (options.access() == Access.NONE) {
      return null;
    }
    IndexSettings settings =
        IndexSettings.of(options.indexFolder(), options.scope(), store)
            .withTime(clock, Ticker.system())
            .withCommand(command)
            .withLocking(locking)
            .withStart(options.access() == Access.REQUIRE ? Start.SOUND : Start.SOUND_OR_EMPTY)
            .withFloor(options.freeSpaceFloor())
            .withLock(
                options.lockTimeout(),
                (holder, soFar) ->
                    options
                        .waiting()
                        .accept(
                            "index held by "
                                + holder
                                + "; waiting for "
                                + soFar.toSeconds()
                                + " s"));
    try {
      if (!options.access().writes()) {
        return RocksCacheIndex.openView(settings);
      }
      RocksCacheIndex.Opened opened = RocksCacheIndex.open(settings);
      opened.report().message().ifPresent(warnings::add);
      return opened.index();
    } catch (CacheUnavailableException e) {
      warnings.add("no cache: " + e.getMessage());
      return null;
    } catch (LinkageError e) {
      // Where somebody else's class path is used, as with spark-submit.
      warnings.add(
          "no cache: RocksDB is not on the class path, or of a version that does not fit (%s); Spark 4.2 brings it as jars/rocksdbjni-9.8.4.jar: put that there again, or give it with --jars"
              .formatted(e));
      return null;
    }
  }

  /** What it was opened with. */
  public HomeOptions options() {
    return options;
  }

  /**
   * What a person should know of how it was opened, such as an index that was damaged; empty if all
   * is well.
   */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Whether journals can be written here. */
  public boolean writable() {
    return writable;
  }

  /** Why runs, or those that are planned, keep nothing in the index; null if they may. */
  @Nullable String keepsNothingBecause() {
    return keepsNothing;
  }

  /** Where results are. */
  public ResultStore store() {
    return store;
  }

  /** The folder of the store, as workers see it. */
  public Path storeFolder() {
    return storeFolder;
  }

  /** The index, if there is one to be had. */
  public @Nullable CacheIndex index() {
    return index;
  }

  /** The result that the index has under a key; empty if there is none, or it cannot be read. */
  public Optional<Manifest> kept(Fingerprint key) {
    try {
      return index == null
          ? Optional.empty()
          : index.findAll(List.of(new CacheKey(key))).stream()
              .flatMap(Stream::ofNullable)
              .map(CacheEntry::manifest)
              .findFirst();
    } catch (CacheUnavailableException e) {
      return Optional.empty();
    }
  }

  /** Digests files, and remembers the digests if there is an index. */
  public FileFingerprinter files() {
    FileMemo memo =
        index == null ? FileMemo.NONE : new IndexFileMemo(index, options.access().writes());
    return new FileFingerprinter(memo, clock, FileFingerprinter.DEFAULT_TICK);
  }

  /**
   * Everything that one run uses.
   *
   * @param publications what is to be put at paths of the user's
   * @param resolver of the run's functions; the caller closes it when the run has ended
   * @param told what a person should know of runs that it goes on from
   */
  RunEnvironment environment(
      TaskGraph graph,
      List<Publication> publications,
      RunHeader header,
      FunctionResolver resolver,
      Claims claims,
      Mailbox mailbox,
      Consumer<String> told) {
    ValueEncoder values =
        ValueEncoder.of(
            CanonicalEncoder.plain()
                .withSecrets(secret.keyring())
                .withFunctions(graph.hashFunctions()));
    boolean keeps = options.access().writes() && header.options().cache().writes();
    boolean uses = header.options().cache() != CacheMode.OFF;
    Function<ResultStore, Committer> committer =
        to ->
            new Committer(
                keeps ? index : null,
                to,
                claims,
                options.scope().name(),
                clock,
                HaltingKillPoints.fromSystemProperties(),
                keptBytes());
    Executors executors = new Executors(header, store, storeFolder);
    executors.warmUp(graph, work -> inThread("reprise-settings-" + header.run(), work));
    StepKeys steps =
        new StepKeys(
            graph,
            resolver,
            values,
            node -> executors.keySettings(node.step()),
            new Probing(options.probeTimeout()));
    KeyCheck keys = new KeyCheck(graph, steps, resolver);
    return new RunEnvironment(
        uses ? index : null,
        claims,
        steps,
        new SourceDigests(files(), graph),
        executors,
        start -> inThread("reprise-start-" + header.run(), start),
        settled -> {
          StoreWatch farther = StoreWatch.of(store);
          return new CommitThread(
              header.run(),
              committer.apply(farther.store()),
              store,
              farther,
              keeps ? index : null,
              of -> keys.glance(of)::spoilt,
              settled,
              keeps && index != null
                  ? "the store %s or the index %s".formatted(storeFolder, options.indexFolder())
                  : "the store " + storeFolder);
        },
        mailbox,
        Ticker.system()::nanos,
        Remembering.from(LEAST_REMEMBERED),
        held,
        recollections(header, told),
        new FirstDifference(graph, steps, store, step -> keys.glance(List.of(step)).spoilt(step)),
        publications.isEmpty()
            ? Publisher.NONE
            : new Published(
                publications, graph, steps, store, published, publishTurns, header.run()),
        HANDS_ON_FROM);
  }

  /**
   * What a run takes before it asks the cache.
   *
   * @throws dev.reprise.run.ResumeException if the run that it goes on from cannot be read
   */
  private Recollections recollections(RunHeader header, Consumer<String> told) {
    Resume resume = header.options().resume();
    return resume == null
        ? Recollections.NONE
        : EarlierRuns.read(new RunHistory(options.runsFolder()), resume, store::holds, told);
  }

  /** A thread that the process does not wait for, with the user's class loader. */
  private static void inThread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    thread.start();
  }

  /** Finds the functions of one run. */
  FunctionResolver resolver() {
    CodeMemo memo =
        index == null ? CodeMemo.NONE : new IndexCodeMemo(index, options.access().writes());
    return new FunctionResolver(INLINE_LIMIT, memo, clock, loaders);
  }

  /** Makes durable what was written; if that fails, a power cut may cost what runs kept. */
  public void sync() {
    if (index != null && options.access().writes()) {
      try {
        index.sync();
      } catch (CacheUnavailableException e) {
        log.warn("the index could not be made durable: {}", e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    if (gc != null) {
      gc.close();
    }
    FartherStores.close(store);
    if (index != null) {
      index.close();
    }
    if (temporary != null) {
      StoreFolders.delete(temporary);
    }
  }
}
