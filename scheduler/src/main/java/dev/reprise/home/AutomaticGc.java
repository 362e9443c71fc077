package dev.reprise.home;

import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.upkeep.GarbageCollection;
import dev.reprise.cache.upkeep.GcLimits;
import dev.reprise.cache.upkeep.GcPlan;
import dev.reprise.console.Figures;
import dev.reprise.journal.JournalUses.Own;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a home within its limits when a run has ended, while no other goes on. Trouble with it is
 * no trouble of the run, and it takes some seconds at most: what is left is done next time.
 *
 * <p>What was made or used since the home was opened stays, whatever the limits: its results may be
 * read yet, and the next run wants the same.
 */
final class AutomaticGc {
  private static final Logger log = LoggerFactory.getLogger(AutomaticGc.class);

  /** For all of it, but for bringing to an end what is begun. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** For reading journals of earlier runs. */
  private static final Duration JOURNALS = Duration.ofSeconds(2);

  /** A tenth of the limit is made free, or every run would count. */
  private static final int ROOM = 10;

  private static final String TOO_MANY =
      "cache     not brought within gc.max-size: there was no time to read the index and the journals"
          + " of this process; 'cache gc' takes the time";

  private final GcOptions options;
  private final HomeGc gc;
  private final SizeFile file;
  private final LastGc last;
  private final Instant opened;
  private final Ticker ticker;
  private final long openedNanos;
  private final AtomicLong kept = new AtomicLong();
  private final Set<String> own = ConcurrentHashMap.newKeySet();

  // Of the thread that has the home for itself.
  private OptionalLong known;
  private long counted;
  private boolean unfinished;

  /**
   * @param known what the home holds, in bytes; empty to count
   * @param opened since when results are spared
   */
  AutomaticGc(
      GcOptions options,
      HomeGc gc,
      SizeFile file,
      LastGc last,
      OptionalLong known,
      Instant opened,
      Ticker ticker) {
    this.options = options;
    this.gc = gc;
    this.file = file;
    this.last = last;
    this.known = known;
    this.opened = opened;
    this.ticker = ticker;
    this.openedNanos = ticker.nanos();
  }

  /** A run goes on, and writes a journal. */
  void begun(String run) {
    own.add(run);
  }

  /** A run has kept a result of so many bytes. */
  void kept(long bytes) {
    kept.addAndGet(bytes);
  }

  /**
   * A run has ended, and its journal is written.
   *
   * @param goOn whether nobody waits for the home
   */
  void runEnded(BooleanSupplier goOn) {
    try {
      if (options.limitsBytes()) {
        keepSize(goOn);
      }
      Duration every = options.every();
      if (options.limitsAge() && every != null && last.isDue(every, gc.now())) {
        keepAge(goOn);
      }
      forget(); // not before: the journals of others tell when entries were used
    } catch (CacheUnavailableException | IOException | RuntimeException e) {
      log.info("the home was not brought within its limits", e);
      options.told().accept("the home was not brought within its limits: " + Text.why(e));
    }
  }

  /** Its own runs stay while entries may go for their size: their journals tell what is spared. */
  private void forget() throws IOException {
    List<String> runs = new ArrayList<>(gc.superfluousRuns(options));
    if (options.limitsBytes() || options.limitsAge()) {
      runs.removeAll(own);
    }
    gc.forget(runs);
  }

  private void keepSize(BooleanSupplier goOn) throws CacheUnavailableException, IOException {
    long sum = kept.get();
    long more = sum - counted;
    counted = sum;
    if (known.isPresent()) {
      known = OptionalLong.of(known.getAsLong() + more);
    }
    boolean tooMuch = known.isEmpty() || known.getAsLong() > options.maxBytes();
    if ((more > 0 || unfinished) && tooMuch) {
      unfinished = true;
      known = OptionalLong.empty(); // should this fail
      known = collect(goOn);
    }
  }

  /**
   * Evicts what was neither made nor used for the maximum age. If there is no time to read when
   * that was, nothing goes, and the end of the next run is as good.
   */
  private void keepAge(BooleanSupplier unlessAwaited)
      throws CacheUnavailableException, IOException {
    Instant since = sparedSince();
    GcLimits limits = new GcLimits(GcLimits.NO_LIMIT, 0, options.maxAge(), since);
    BooleanSupplier goOn = within(LONGEST, unlessAwaited);
    GcPlan plan = gc.plan(limits, new Own(own, since, goOn), goOn, goOn).orElse(null);
    if (plan == null || !plan.usesKnown() || !goOn.getAsBoolean()) {
      return;
    }
    GarbageCollection.Result result =
        gc.carryOut(plan, HaltingKillPoints.fromSystemProperties(), goOn);
    known = OptionalLong.empty(); // if somebody wants to know, he counts
    if (result.whole()) {
      last.write(gc.now());
    }
    if (result.entries() > 0) {
      String line =
          "cache     evicted %s that nothing used for gc.max-age, %s freed"
              .formatted(entries(result), Figures.bytes(result.freedBytes()));
      log.info("{}", line);
      options.told().accept(line);
    }
  }

  private static String entries(GarbageCollection.Result result) {
    return result.entries() == 1 ? "1 entry" : Figures.count(result.entries()) + " entries";
  }

  /** Returns what is left, in bytes; empty if there was no time to count. */
  private OptionalLong collect(BooleanSupplier unlessAwaited)
      throws CacheUnavailableException, IOException {
    Instant since = sparedSince();
    GcLimits limits =
        new GcLimits(options.maxBytes(), options.maxBytes() / ROOM, options.maxAge(), since);
    BooleanSupplier goOn = within(LONGEST, unlessAwaited);
    Own whole = new Own(own, since, goOn);
    GcPlan plan = gc.plan(limits, whole, goOn, within(JOURNALS, goOn)).orElse(null);
    if (plan == null) {
      if (unlessAwaited.getAsBoolean()) {
        options.told().accept(TOO_MANY);
      }
      return OptionalLong.empty();
    }
    if (plan.bytes() <= options.maxBytes()) {
      unfinished = false;
      return OptionalLong.of(plan.bytes());
    }
    if (!goOn.getAsBoolean()) { // not all may have been read that its runs used
      if (unlessAwaited.getAsBoolean()) {
        options.told().accept(TOO_MANY);
      }
      return OptionalLong.of(plan.bytes());
    }
    GarbageCollection.Result result =
        gc.carryOut(plan, HaltingKillPoints.fromSystemProperties(), goOn);
    // What other homes name is not freed, and is not this home's any more.
    unfinished = !result.whole() && result.unreadable().isEmpty();
    long left = result.whole() ? plan.bytesAfter() : plan.bytes() - result.freedBytes();
    tell(plan, result, left);
    return OptionalLong.of(left);
  }

  /** When the home was opened, by the clock as it is now: it may have been set back since. */
  private Instant sparedSince() {
    Instant byNow = gc.now().minusNanos(ticker.nanos() - openedNanos);
    return byNow.isBefore(opened) ? byNow : opened;
  }

  /** The time runs from when it is asked first: an index is counted before journals are read. */
  private BooleanSupplier within(Duration longest, BooleanSupplier goOn) {
    AtomicReference<@Nullable Long> end = new AtomicReference<>();
    return () -> {
      long now = ticker.nanos();
      Long until = end.get();
      if (until == null) {
        until = now + longest.toNanos();
        end.set(until);
      }
      return now - until < 0 && goOn.getAsBoolean();
    };
  }

  private void tell(GcPlan plan, GarbageCollection.Result result, long left) {
    String most = Figures.bytes(options.maxBytes());
    String what =
        result.entries() == 0
            ? "%s, more than the %s of gc.max-size".formatted(Figures.bytes(left), most)
            : "evicted %s, %s freed; %s of at most %s left"
                .formatted(
                    entries(result), Figures.bytes(result.freedBytes()), Figures.bytes(left), most);
    String line =
        "cache     "
            + what
            + (left <= options.maxBytes() ? "" : ": " + whyTooMuch(plan, result))
            + (plan.usesKnown() || options.maxAge() == null
                ? ""
                : "; nothing went for its age, since not all journals could be read in time");
    log.info("{}", line);
    options.told().accept(line);
  }

  private static String whyTooMuch(GcPlan plan, GarbageCollection.Result result) {
    if (!result.unreadable().isEmpty()) {
      return "nothing goes for its size while it is not known what a manifest of another home names: "
          + result.unreadable().get(0);
    }
    if (!result.whole()) {
      return "there was no time for more; a run that keeps something, or 'cache gc', goes on with it";
    }
    return "%s was used by runs of this process, %s is pinned"
        .formatted(Figures.bytes(plan.spared().bytes()), Figures.bytes(plan.pinned().bytes()));
  }

  /** The home is closed. */
  void close() {
    if (known.isPresent() && options.limitsBytes()) {
      file.write(known.getAsLong() + kept.get() - counted);
    }
  }
}
