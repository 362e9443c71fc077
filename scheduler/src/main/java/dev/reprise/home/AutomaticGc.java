package dev.reprise.home;

import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.upkeep.GarbageCollection;
import dev.reprise.cache.upkeep.GcLimits;
import dev.reprise.cache.upkeep.GcPlan;
import dev.reprise.console.Figures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
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

  /** For reading journals, and again for removing. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  /** A tenth of the limit is made free, or every run would count. */
  private static final int ROOM = 10;

  private final GcOptions options;
  private final HomeGc gc;
  private final SizeFile file;
  private final Instant opened;
  private final Ticker ticker;
  private final AtomicLong kept = new AtomicLong();

  // Of the thread that has the home for itself.
  private OptionalLong known;
  private long counted;

  /**
   * @param known what the home holds, in bytes; empty to count
   * @param opened since when results are spared
   */
  AutomaticGc(
      GcOptions options,
      HomeGc gc,
      SizeFile file,
      OptionalLong known,
      Instant opened,
      Ticker ticker) {
    this.options = options;
    this.gc = gc;
    this.file = file;
    this.known = known;
    this.opened = opened;
    this.ticker = ticker;
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
      List<String> runs = gc.superfluousRuns(options);
      gc.forget(runs);
      if (options.limitsBytes()) {
        keepSize(goOn);
      }
    } catch (CacheUnavailableException | IOException | UncheckedIOException e) {
      log.info("the home was not brought within its limits", e);
      options.told().accept("the home was not brought within its limits: " + e.getMessage());
    }
  }

  private void keepSize(BooleanSupplier goOn) throws CacheUnavailableException, IOException {
    long sum = kept.get();
    long more = sum - counted;
    counted = sum;
    if (known.isPresent()) {
      known = OptionalLong.of(known.getAsLong() + more);
    }
    boolean tooMuch = known.isEmpty() || known.getAsLong() > options.maxBytes();
    if (more > 0 && tooMuch) {
      known = OptionalLong.empty(); // should this fail
      known = OptionalLong.of(collect(goOn));
    }
  }

  /** Returns what is left, in bytes. */
  private long collect(BooleanSupplier goOn) throws CacheUnavailableException, IOException {
    GcLimits limits =
        new GcLimits(options.maxBytes(), options.maxBytes() / ROOM, options.maxAge(), opened);
    Instant needed = opened.truncatedTo(ChronoUnit.SECONDS); // as ids of runs are
    GcPlan plan = gc.plan(limits, needed, withTime(goOn));
    if (plan.bytes() <= options.maxBytes()) {
      return plan.bytes();
    }
    GarbageCollection.Result result =
        gc.carryOut(plan, HaltingKillPoints.fromSystemProperties(), withTime(goOn));
    // What other homes name is not freed, and is not this home's any more.
    long left = result.whole() ? plan.bytesAfter() : plan.bytes() - result.freedBytes();
    tell(plan, result, left);
    return left;
  }

  private BooleanSupplier withTime(BooleanSupplier goOn) {
    long end = ticker.nanos() + LONGEST.toNanos();
    return () -> ticker.nanos() - end < 0 && goOn.getAsBoolean();
  }

  private void tell(GcPlan plan, GarbageCollection.Result result, long left) {
    String most = Figures.bytes(options.maxBytes());
    String what =
        result.entries() == 0
            ? "%s, more than the %s of gc.max-size".formatted(Figures.bytes(left), most)
            : "evicted %s, %s freed; %s of at most %s left"
                .formatted(
                    result.entries() == 1
                        ? "1 entry"
                        : Figures.count(result.entries()) + " entries",
                    Figures.bytes(result.freedBytes()),
                    Figures.bytes(left),
                    most);
    String line =
        "cache     " + what + (left <= options.maxBytes() ? "" : ": " + whyTooMuch(plan, result));
    log.info("{}", line);
    options.told().accept(line);
  }

  private static String whyTooMuch(GcPlan plan, GarbageCollection.Result result) {
    if (!result.whole()) {
      return "the rest goes after the next run";
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
