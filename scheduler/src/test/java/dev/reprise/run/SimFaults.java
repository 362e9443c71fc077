package dev.reprise.run;

import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.claim.Claims.Outcome.Granted;
import dev.reprise.cache.claim.Lease;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.FaultyCacheIndex;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.FaultyResultStore;
import dev.reprise.executor.testing.FaultPlan.Fault;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What goes wrong in a simulated run, by chance. */
final class SimFaults {
  /** Whose claims are in the way of the run's. */
  static final String OTHER = "run other";

  private static final int MOST_TURNS = 100_000;
  private static final int MOST_CLAIMS = 3;

  /** A part of the world that may fail in a run. */
  enum Part {
    /** Attempts are lost, hang, fail, run twice, answer late or not when they are told to end. */
    EXECUTOR,
    /** The index fails; entries rot or vanish. */
    INDEX,
    /** The disk fails; blobs rot or vanish. */
    STORE,
    /** Another run has what this one needs, or takes it away from it. */
    CLAIMS,
    /** The committing side does not come back any more. */
    COMMITS,
    /** Somebody ends the run. */
    CANCEL,
    /** The driver's process ends. */
    CRASH,
    /** It ends when all is done, and what makes the next plan quick is being written. */
    LATE_CRASH
  }

  /** What becomes of a good answer. */
  enum AnswerFault {
    NONE,
    LOST,
    ERROR,
    LATE
  }

  /** The end of the driver's process. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String where) {
      super("the driver ends " + where);
    }
  }

  private final SimWorld world;
  private final Random random;
  private Set<Part> parts = EnumSet.noneOf(Part.class);
  private boolean quiet = true;
  private int rarity;

  /** How many more times the cache may be hurt in this run. */
  private int left;

  private boolean mild;
  private boolean crashed;

  private int moment;
  private int cancelAt;
  private int crashAt;
  private int hangAt;
  private int claims;
  private int memos;
  private @Nullable RunLoop loop;

  SimFaults(SimWorld world, Random random) {
    this.world = world;
    this.random = random;
  }

  /** Chooses what may fail in the next run. */
  void choose(boolean calm) {
    parts = EnumSet.noneOf(Part.class);
    if (!calm && world.pipeline.lasting && random.nextInt(3) == 0) {
      parts.add(Part.LATE_CRASH); // alone, so that it comes to that
    } else if (!calm && random.nextInt(5) > 1) {
      for (Part part : Part.values()) {
        if (random.nextInt(4) == 0) {
          parts.add(part);
        }
      }
    }
    rarity = 3 + random.nextInt(40);
    mild = random.nextBoolean();
    left = mild ? 2 : Integer.MAX_VALUE;
    crashed = false;
    moment = 0;
    claims = 0;
    memos = 0;
    cancelAt = may(Part.CANCEL) ? random.nextInt(80) : -1;
    crashAt = may(Part.CRASH) ? random.nextInt(150) : -1;
    hangAt = may(Part.COMMITS) ? random.nextInt(100) : -1;
    world.disk.strikes(this::strikes);
    world.rows.strikes(this::strikes);
  }

  /** The faults begin. */
  void begin(RunLoop of) {
    loop = of;
    quiet = false;
  }

  /** The faults end: who looks at the world sees it as it is. */
  void end() {
    quiet = true;
    loop = null;
  }

  /** Does something that is not the run's, and that nothing happens to. */
  void quietly(Runnable what) {
    boolean before = quiet;
    quiet = true;
    what.run();
    quiet = before;
  }

  @Override
  public String toString() {
    return "faults of %s, one in %d%s".formatted(parts, rarity, mild ? ", few of the cache" : "");
  }

  /** Whether the run is undisturbed. */
  boolean none() {
    return parts.isEmpty() && !world.gc.isBeside();
  }

  /** Whether none but the cache, and the cache not often, was disturbed: a run must not fail. */
  boolean mustNotFailTheRun() {
    return !may(Part.EXECUTOR)
        && !may(Part.CANCEL)
        && !may(Part.CRASH)
        && !may(Part.LATE_CRASH)
        && !(may(Part.CLAIMS) && world.pipeline.hasDeadlines())
        && (mild || (!may(Part.INDEX) && !may(Part.STORE)));
  }

  /** Whether the driver's process has ended in this run, whatever its last moments looked like. */
  boolean crashed() {
    return crashed;
  }

  /** Whether neither what is kept nor what is claimed was disturbed. */
  boolean spareTheCache() {
    return !may(Part.INDEX)
        && !may(Part.STORE)
        && !may(Part.CLAIMS)
        && !may(Part.COMMITS)
        && !may(Part.CRASH)
        && !may(Part.LATE_CRASH)
        && !world.gc.isBeside();
  }

  /** Whether the driver's process may end in the last moment. */
  boolean endLate() {
    return may(Part.LATE_CRASH);
  }

  /** Whether what was written may be there although the writer was told that it is not. */
  boolean isDoubtful() {
    return may(Part.INDEX);
  }

  private boolean may(Part part) {
    return parts.contains(part);
  }

  private boolean hits(Part part) {
    return !quiet && may(part) && random.nextInt(rarity) == 0;
  }

  private boolean hurts(Part part) {
    if (left > 0 && hits(part)) {
      left--;
      return true;
    }
    return false;
  }

  private boolean strikes(FaultyResultStore.Fault fault) {
    return hurts(Part.STORE) && random.nextInt(3) == 0;
  }

  private boolean strikes(FaultyCacheIndex.Fault fault) {
    return hurts(Part.INDEX) && random.nextInt(3) == 0;
  }

  // ---- the executor -----------------------------------------------------------------------------

  boolean refusesWork() {
    return hits(Part.EXECUTOR) && random.nextInt(20) == 0;
  }

  boolean losesCancel() {
    return hits(Part.EXECUTOR);
  }

  /** Within how many milliseconds something happens in an executor that takes its time. */
  int slowness() {
    return may(Part.EXECUTOR) ? 300 : 5;
  }

  AnswerFault ofAnswer() {
    return hits(Part.EXECUTOR)
        ? AnswerFault.values()[random.nextInt(AnswerFault.values().length)]
        : AnswerFault.NONE;
  }

  Fault ofAttempt(String step) {
    if (!hits(Part.EXECUTOR)) {
      return Fault.NONE;
    }
    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
    SimStep known = world.pipeline.find(step);
    boolean mayHang = known != null && known.deadline() != null;
    return fault == Fault.HANGS && !mayHang ? Fault.NONE : fault;
  }

  // ---- at any time ------------------------------------------------------------------------------

  /** Called before each event of a run. */
  void weather() {
    if (moment++ > MOST_TURNS) {
      throw new AssertionError("the run does not end");
    }
    if (moment == crashAt) {
      crash("between two events");
    }
    if (moment == cancelAt && loop != null) {
      loop.cancel();
    }
    world.lab.commitsHang |= moment == hangAt;
    if (hurts(Part.STORE)) {
      hurtBlob();
    }
    if (hurts(Part.INDEX)) {
      hurtEntry();
    }
    if (hits(Part.CLAIMS) && claims < MOST_CLAIMS) {
      claims++;
      claim();
    }
  }

  /** Called between two steps of the commit protocol. */
  void pass(KillPoint point) {
    if (!quiet && may(Part.CRASH) && (crashed || random.nextInt(30) == 0)) {
      crash("at " + point);
    }
  }

  /** Called before each memo of a step is written, which is when a run has come to its end. */
  void passMemo() {
    if (!quiet && may(Part.LATE_CRASH) && memos++ > 0 && (crashed || random.nextBoolean())) {
      crash("between two memos");
    }
  }

  private void crash(String where) {
    crashed = true;
    world.lab.commitsHang = true; // nothing of it goes on
    throw new Crash(where);
  }

  private void hurtBlob() {
    List<BlobRef> blobs =
        world.entries().stream().flatMap(entry -> entry.manifest().blobs().stream()).toList();
    if (!blobs.isEmpty()) {
      BlobRef blob = blobs.get(random.nextInt(blobs.size()));
      switch (random.nextInt(3)) {
        case 0 -> world.disk.lose(blob);
        case 1 -> world.disk.flip(blob);
        default -> world.disk.tear(blob);
      }
    }
  }

  private void hurtEntry() {
    List<CacheEntry> entries = world.entries();
    if (!entries.isEmpty()) {
      CacheEntry entry = entries.get(random.nextInt(entries.size()));
      if (random.nextBoolean()) {
        world.rows.flip(entry);
      } else {
        IndexBatch removal = new IndexBatch();
        removal.add(new Change.Remove(entry.key()));
        world.write(removal);
      }
    }
  }

  /** Another run claims what this one may need, or has: then this one slept for too long. */
  private void claim() {
    List<Fingerprint> wanted = world.claimable();
    if (wanted.isEmpty()) {
      return;
    }
    Fingerprint key = wanted.get(random.nextInt(wanted.size()));
    if (random.nextBoolean()) {
      world.lab.pass(Lease.STANDARD.length());
    }
    if (world.soundClaims().claim(key, OTHER, Lease.STANDARD.length()) instanceof Granted granted) {
      Duration held = Duration.ofMillis(random.nextInt(90_000));
      world.lab.after(held, () -> world.soundClaims().release(granted.claim()));
    }
  }
}
