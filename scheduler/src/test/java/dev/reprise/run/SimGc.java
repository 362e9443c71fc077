package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.ForwardingResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.upkeep.GcLimits;
import dev.reprise.cache.upkeep.GcPlan;
import dev.reprise.cache.upkeep.GcPlan.Victim;
import dev.reprise.cache.upkeep.Pins;
import dev.reprise.cache.upkeep.Pins.Pin;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.cache.upkeep.Uses;
import dev.reprise.graph.Node;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Evictions in the simulated world: between runs, at the end of one that keeps something, and
 * beside one that only reads. FAULTS rows 3, 22 and 39. Chance of its own, so that runs choose as
 * they would without it.
 */
final class SimGc {
  private static final String SCOPE = SimWorld.SCOPE.name();
  private static final int MOST_PINS = 3;

  /** So many seeds go by for one in which something is evicted: the others keep what they made. */
  private static final int RARELY = 3;

  private static final int MOST_MOMENT = 60;

  private final SimWorld world;
  private final SimSeams seams;
  private final Random random;
  private final boolean evicts;
  private final Map<Fingerprint, Long> used = new HashMap<>();
  private final Set<Pin> pins = new HashSet<>();
  private final Map<Fingerprint, Instant> published = new HashMap<>();

  // Of one run.
  private Instant began = Instant.MIN;
  private int besideAt;
  private int moment;
  private boolean beside;

  SimGc(SimWorld world, SimSeams seams, Random random) {
    this.world = world;
    this.seams = seams;
    this.random = random;
    this.evicts = random.nextInt(RARELY) == 0;
  }

  /** The same store; what it publishes is noted, as the times of files do. */
  ResultStore noting(ResultStore store) {
    return new ForwardingResultStore(store) {
      @Override
      public Location.Stored publish(Location.Pending pending) throws IOException {
        Location.Stored stored = super.publish(pending);
        published.put(stored.blob().address(), world.clock().instant());
        return stored;
      }
    };
  }

  /** The disk, as whoever evicts has it. */
  private final class Disk extends ForwardingResultStore {
    private final Map<Fingerprint, BlobRef> lost;

    /**
     * @param lost blobs of which a run that goes on may find that they are gone
     */
    Disk(Map<Fingerprint, BlobRef> lost) {
      super(world.disk);
      this.lost = lost;
    }

    @Override
    public boolean delete(Fingerprint address, Instant since) throws IOException {
      Instant when = published.get(address);
      if (when != null && !when.isBefore(since)) {
        return false;
      }
      BlobRef blob = lost.get(address);
      if (blob != null) {
        world.disk.lose(blob);
      }
      return blob != null || super.delete(address, since);
    }
  }

  private record OneScope(CacheIndex index) implements Scopes {
    @Override
    public List<String> names() {
      return List.of(SCOPE);
    }

    @Override
    public CacheIndex in(String name) {
      assertThat(name).isEqualTo(SCOPE);
      return index;
    }
  }

  /** Somebody evicts, perhaps; may end in the middle of it. */
  void betweenRuns(boolean mayCrash) {
    if (!evicts || random.nextBoolean()) {
      return;
    }
    pinSome();
    Duration maxAge = random.nextInt(3) == 0 ? Duration.ofHours(1 + random.nextInt(8)) : null;
    KillPoints points =
        point -> {
          if (mayCrash && random.nextInt(8) == 0) {
            throw new SimFaults.Crash("at " + point);
          }
        };
    evict(GcLimits.of(limit(), maxAge), points, Map.of());
  }

  /** Whether the end of a process that evicts is that of the machine. */
  boolean powerCut() {
    return random.nextBoolean();
  }

  private void pinSome() {
    List<CacheEntry> entries = world.entries();
    pins.removeIf(pin -> random.nextInt(4) == 0);
    while (!entries.isEmpty() && pins.size() < MOST_PINS && random.nextBoolean()) {
      pins.add(new Pin(SCOPE, entries.get(random.nextInt(entries.size())).key()));
    }
  }

  private long limit() {
    long all = world.entries().stream().mapToLong(entry -> entry.manifest().size()).sum();
    return random.nextInt((int) Math.max(1, all + 1));
  }

  /** A run begins. */
  void begin() {
    began = world.clock().instant();
    moment = 0;
    beside = evicts && random.nextInt(6) == 0;
    besideAt = random.nextInt(MOST_MOMENT);
  }

  /** Whether somebody evicts while the run lasts: it must not write, then. */
  boolean isBeside() {
    return beside;
  }

  /** Called before each event of a run. */
  void weather() {
    if (beside && moment++ == besideAt) {
      Map<Fingerprint, BlobRef> blobs = new HashMap<>();
      for (CacheEntry entry : world.entries()) {
        entry.manifest().blobs().forEach(blob -> blobs.put(blob.address(), blob));
      }
      world.faults.quietly(() -> evict(GcLimits.of(limit(), null), KillPoints.NONE, blobs));
    }
  }

  /** A run that may keep something has ended, and its driver evicts. */
  void afterRun(RunView view) {
    long now = world.clock().millis();
    Set<Fingerprint> ofRun = new HashSet<>();
    for (Node node : view.graph().nodes()) {
      for (int i = 0; i < view.unitCount(node.id()); i++) {
        int unit = view.firstUnit(node.id()) + i;
        if (view.outcome(unit) != null) { // what the run made may lie in an earlier entry's blob
          view.key(unit).ifPresent(ofRun::add);
        }
      }
    }
    ofRun.forEach(key -> used.put(key, now));
    if (!evicts || !world.lab.options.cache().writes() || random.nextBoolean()) {
      return;
    }
    Set<Fingerprint> before = keys();
    long limit = limit();
    evict(new GcLimits(limit, limit / 10, null, began), KillPoints.NONE, Map.of());
    before.retainAll(ofRun);
    assertThat(keys()).as("what the run found, after its driver evicted").containsAll(before);
  }

  private Set<Fingerprint> keys() {
    Set<Fingerprint> keys = new HashSet<>();
    world.entries().forEach(entry -> keys.add(entry.key().digest()));
    return keys;
  }

  private void evict(GcLimits wanted, KillPoints points, Map<Fingerprint, BlobRef> lost) {
    List<Pin> pinned = new ArrayList<>(pins);
    Set<Fingerprint> before = keys();
    pinned.removeIf(pin -> !before.contains(pin.key().digest()));
    Scopes scopes = new OneScope(world.rows);
    Uses uses =
        each -> {
          used.forEach(each::use);
          return true;
        };
    try {
      GcPlan plan =
          GcPlan.of(
              scopes,
              seams.pins(Pins.of(pins)),
              uses,
              seams.limits(wanted),
              world.clock().millis());
      seams.carryOut(plan, scopes, new Disk(lost), points);
      checkPlan(plan, before);
    } catch (CacheUnavailableException | IOException e) {
      throw new AssertionError("nothing fails while somebody evicts", e);
    } finally {
      assertThat(keys())
          .as("pinned entries")
          .containsAll(pinned.stream().map(pin -> pin.key().digest()).toList());
    }
  }

  /** Exactly what was to go is gone. */
  private void checkPlan(GcPlan plan, Set<Fingerprint> before) {
    Set<Fingerprint> left = new HashSet<>(before);
    for (Victim victim : plan.victims()) {
      left.remove(victim.key().digest());
    }
    assertThat(keys()).as("what is left by an eviction").isEqualTo(left);
  }
}
