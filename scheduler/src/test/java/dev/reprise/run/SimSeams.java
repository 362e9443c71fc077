package dev.reprise.run;

import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.upkeep.GarbageCollection;
import dev.reprise.cache.upkeep.GcLimits;
import dev.reprise.cache.upkeep.GcPlan;
import dev.reprise.cache.upkeep.Pins;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.TaskResolver;
import dev.reprise.plan.ValueEncoder;
import dev.reprise.run.Commits.Settled;
import dev.reprise.task.Memo;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The seams between a run and what it uses. Here nothing is changed; a variant that is broken on
 * purpose puts something of its own between.
 */
class SimSeams {
  /** What a variant may look at. */
  SimWorld world;

  ResultStore store(ResultStore sound) {
    return sound;
  }

  CacheIndex index(CacheIndex sound) {
    return sound;
  }

  InstantSource indexClock(InstantSource sound) {
    return sound;
  }

  Claims claims(Claims sound) {
    return sound;
  }

  TaskResolver resolver(TaskResolver sound) {
    return sound;
  }

  ValueEncoder values(ValueEncoder sound) {
    return sound;
  }

  Remembering remembering(Remembering sound) {
    return sound;
  }

  /** What a task says of equal calls. */
  @Nullable Memo memo(@Nullable Memo sound) {
    return sound;
  }

  /** The digest of a source's file. */
  Fingerprint digest(String file, String content) {
    return Hasher.of("file").putString(content).finish();
  }

  LabCommits.Keeper keeper(LabCommits.Keeper sound) {
    return sound;
  }

  Consumer<List<Settled>> settled(Consumer<List<Settled>> sound) {
    return sound;
  }

  AttemptListener answers(AttemptListener sound) {
    return sound;
  }

  RunListener journal(RunListener sound) {
    return sound;
  }

  Pins pins(Pins sound) {
    return sound;
  }

  GcLimits limits(GcLimits sound) {
    return sound;
  }

  /** Evicts what a plan names. */
  void carryOut(GcPlan plan, Scopes scopes, ResultStore store, KillPoints points)
      throws CacheUnavailableException, IOException {
    new GarbageCollection(scopes, store, points).carryOut(plan, () -> true);
  }
}
