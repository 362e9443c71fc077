package dev.reprise.home;

import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.StoreWatch;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Samples;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A run that submits results and gives up the committing side at any moment, while that commits.
 * Each result must be settled once, so what the calls return is of no account.
 */
public class CommitOperations {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int MOST = 64;

  private final ManualTime time = new ManualTime();
  private final InMemoryResultStore store = new InMemoryResultStore();
  private final InMemoryCacheIndex index = new InMemoryCacheIndex(Scope.of("p/e"), store, time);
  private final AtomicInteger submitted = new AtomicInteger();
  private final AtomicIntegerArray settled = new AtomicIntegerArray(MOST);
  private final AtomicInteger late = new AtomicInteger();
  private volatile boolean over;
  private final CommitThread commits =
      new CommitThread(
          "r1",
          new Committer(
              index, store, new InProcessClaims(time, time), "p/e", time, KillPoints.NONE),
          store,
          StoreWatch.of(store),
          index,
          steps -> step -> "",
          this::settle,
          "the store");

  private void settle(List<Settled> all) {
    for (Settled each : all) {
      settled.incrementAndGet(each.unit());
      if (over) {
        late.incrementAndGet();
      }
    }
  }

  @Operation
  public void submitOne() {
    submit(1);
  }

  @Operation
  public void submitThree() {
    submit(3);
  }

  private void submit(int count) {
    List<Finished> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int unit = submitted.getAndIncrement();
      batch.add(
          new Finished(
              unit,
              Samples.key(unit),
              Manifest.one(Samples.inline(unit, 10)),
              Samples.origin(unit),
              null,
              null,
              Mode.FIRST_WINS,
              Samples.content(unit),
              false,
              null,
              null));
    }
    commits.submit(batch);
  }

  @Operation
  public void giveUp() {
    commits.close(Duration.ZERO, "the run has no time");
  }

  @Validate
  public void eachIsSettledOnce() {
    commits.close(LONG, "the run is over");
    over = true;
    for (int unit = 0; unit < submitted.get(); unit++) {
      if (settled.get(unit) != 1) {
        throw new IllegalStateException("unit " + unit + " settled " + settled.get(unit));
      }
    }
    if (late.get() > 0) {
      throw new IllegalStateException(late.get() + " settled late");
    }
  }
}
