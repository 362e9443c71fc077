package dev.reprise.run;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.AttemptResult;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes results again that turn out to be lost or damaged when somebody reads them: their producers
 * go back to work and what takes them waits again. Belongs to the run's one thread.
 */
final class Healing {
  /** A result that is lost more often than this has another fault than a bad disk block. */
  private static final int MOST = 3;

  private final UnitTable units;
  private final Propagation propagation;
  private final Reports reports;
  private final Endings endings;
  private final Stopping stopping;
  private final Lanes lanes;
  private final Manifests manifests;
  private final Arguments arguments;
  private final Commits commits;
  private final IntConsumer needed;

  /** How many times a producer was made to run again. */
  private final Map<Integer, Integer> times = new HashMap<>();

  /** How many times a unit could not read what is not among its inputs any more. */
  private final Map<Integer, Integer> strays = new HashMap<>();

  /** Id of the first attempt after a producer was made to run again: those before got the lost. */
  private final Map<Integer, Long> begun = new HashMap<>();

  /** What attempts could not read of results that are not kept yet, by those that made them. */
  private final Map<Integer, List<Runnable>> tooEarly = new HashMap<>();

  /**
   * Why results are being made again. Their entries may still be there, and good by all that a
   * look-up sees, until they are replaced.
   */
  private final Map<Integer, Reason> lost = new HashMap<>();

  /**
   * @param needed told of nodes whose result is lost, before it is made again
   */
  Healing(
      Shared run,
      Endings endings,
      Stopping stopping,
      Lanes lanes,
      Manifests manifests,
      Arguments arguments,
      Commits commits,
      IntConsumer needed) {
    this.units = run.units();
    this.propagation = run.propagation();
    this.reports = run.reports();
    this.endings = endings;
    this.stopping = stopping;
    this.lanes = lanes;
    this.manifests = manifests;
    this.arguments = arguments;
    this.commits = commits;
    this.needed = needed;
  }

  /** An attempt found the bytes of an input missing or damaged. */
  void inputDamaged(Attempt attempt, AttemptResult.InputDamaged damaged) {
    BlobRef blob = damaged.blob();
    Set<Integer> producers =
        lostBy(attempt, damaged.why(), MOST, partition -> liesIn(partition, blob));
    if (!producers.isEmpty()) {
      // Left where it is, it would be found again: a blob is created only if it is absent.
      commits.setAside(blob);
    }
    Code code = damaged.missing() ? Code.BLOB_MISSING : Code.BLOB_CORRUPT;
    makeAgain(attempt, producers, new Reason(code, damaged.why()));
  }

  /**
   * Whole bytes that are no value any more. There is nothing to set aside: the new result takes the
   * entry's place.
   */
  void inputUnreadable(Attempt attempt, AttemptResult.InputUnreadable unreadable) {
    if (isTooEarly(attempt.unit, () -> inputUnreadable(attempt, unreadable))) {
      return;
    }
    Set<Integer> producers =
        lostBy(
            attempt,
            unreadable.why(),
            1, // made again by the same code it is a value, or never will be
            partition -> partition.content().equals(unreadable.content()));
    makeAgain(attempt, producers, new Reason(Code.BLOB_CORRUPT, unreadable.why()));
  }

  /**
   * Whether the unit takes a result that is being committed, which nobody can make again before
   * that is over. Its bytes are at hand, so they may be no value, but never lost.
   *
   * @param again what is to be done then
   */
  private boolean isTooEarly(int unit, Runnable again) {
    Set<Integer> early = new LinkedHashSet<>();
    arguments.forEachProducer(
        unit,
        producer -> {
          if (units.known(producer) && units.state(producer) == UnitState.COMMITTING) {
            early.add(producer);
          }
        });
    if (early.isEmpty()) {
      return false;
    }
    tooEarly
        .computeIfAbsent(early.iterator().next(), any -> new ArrayList<>())
        .add(
            () -> {
              if (units.state(unit) != UnitState.DONE) { // as in a run that was given up meanwhile
                again.run();
              }
            });
    return true;
  }

  /**
   * The commit of a unit's result has come to its end.
   *
   * @throws PipelineException if the pipeline turns out not to be valid; all has been done
   */
  void settled(int unit) {
    List<Runnable> waiting = tooEarly.isEmpty() ? null : tooEarly.remove(unit);
    if (waiting == null) {
      return;
    }
    PipelineException invalid = null;
    for (Runnable each : waiting) {
      try {
        each.run();
      } catch (PipelineException e) {
        invalid = requireNonNullElse(invalid, e); // ends the run, when all have been told
      }
    }
    if (invalid != null) {
      throw invalid;
    }
  }

  /** Whether a partition lies in this blob, published or not. */
  private static boolean liesIn(PartitionRef partition, BlobRef blob) {
    return partition
        .location()
        .fold(
            inline -> false,
            stored -> stored.blob().address().equals(blob.address()),
            pending -> pending.blob().address().equals(blob.address()));
  }

  /**
   * The producers whose results are lost, now that an attempt could not read an input; none if the
   * attempt's unit has been taken care of.
   *
   * @param what is wrong with the input, for people
   * @param most how many times each may run again
   * @param lost whether the input is this partition of a producer's result
   */
  private Set<Integer> lostBy(
      Attempt attempt, String what, int most, Predicate<PartitionRef> lost) {
    int unit = attempt.unit;
    stopping.cacheFailed(
        6, "a cached input of '%s' cannot be used: %s".formatted(units.name(unit), what));
    Reason stop = stopping.halted();
    if (stop != null) {
      endings.end(unit, stop);
      return Set.of();
    }
    Set<Integer> inputs = new LinkedHashSet<>();
    arguments.forEachProducer(unit, inputs::add);
    if (inputs.stream().anyMatch(each -> isOnItsWay(each, attempt))) {
      retreat(unit); // another reader of the same result told of it before
      return Set.of();
    }
    Set<Integer> producers = manifests.having(inputs, lost);
    if (producers.isEmpty()) {
      // Another run of the driver may have made it again, in other bytes: the next attempt gets
      // those.
      if (!inputs.isEmpty() && strays.merge(unit, 1, Integer::sum) <= MOST) {
        retreat(unit);
      } else {
        stopping.fail(
            unit, null, new byte[0], "an input that no step made cannot be read: " + what);
      }
      return Set.of();
    }
    // Of several with equal results, those that were made again are not to blame.
    producers.removeIf(each -> times.getOrDefault(each, 0) >= most);
    if (producers.isEmpty()) {
      String text = "an input cannot be read, not even after it was made again: " + what;
      stopping.fail(unit, null, new byte[0], text + "; run 'reprise doctor'");
    }
    return producers;
  }

  private void makeAgain(Attempt attempt, Set<Integer> producers, Reason why) {
    for (int producer : producers) {
      times.merge(producer, 1, Integer::sum);
      begun.put(producer, lanes.nextAttempt());
      lost.put(producer, why);
      sendBack(producer, why);
    }
    if (!producers.isEmpty()) {
      retreat(attempt.unit);
    }
  }

  /** Whether the producer's result is being made again, or was since the attempt got its inputs. */
  private boolean isOnItsWay(int producer, Attempt attempt) {
    return !units.known(producer) || begun.getOrDefault(producer, 0L) > attempt.id;
  }

  /** A unit that was about to run, or tried to, waits for its inputs again. */
  void retreat(int unit) {
    endings.leaveFlight(unit);
    units.move(unit, UnitState.WAITING);
    propagation.refresh(unit);
    endings.waitsAgain(unit);
  }

  /** Why the unit is being made again, whatever there is in the cache; null if it is not. */
  @Nullable Reason lost(int unit) {
    return lost.get(unit);
  }

  /** The unit has a new result. */
  void made(int unit) {
    lost.remove(unit);
  }

  /** A result that was found turns out to be damaged before anybody took it. */
  void damaged(int unit, Reason why) {
    begun.put(unit, lanes.nextAttempt());
    lost.put(unit, why);
    sendBack(unit, why);
  }

  /** The entry of a result that was found is gone. */
  void gone(int unit) {
    sendBack(unit, new Reason(Code.NO_ENTRY, "its entry is gone"));
  }

  /** The result of a unit that has ended is lost: it runs again, and what takes it waits. */
  private void sendBack(int unit, Reason why) {
    if (!units.known(unit)) {
      if (endings.isDead(unit)) {
        endings.skipConsumers(unit, endings.whyDead(unit));
      }
      return; // else on its way already
    }
    Reason stop = stopping.halted();
    if (stop != null) {
      endings.skipConsumers(unit, stop);
      return;
    }
    reports.warning("HEALING", "'%s' runs again: %s".formatted(units.name(unit), why));
    needed.accept(units.nodeOf(unit));
    manifests.remove(unit);
    units.reason(unit, why);
    units.move(unit, UnitState.QUEUED);
    forget(unit);
    lanes.enqueue(unit);
  }

  /** Takes back what is known of a result, with the views of it: what takes it waits again. */
  private void forget(int unit) {
    propagation.forget(unit);
    propagation.forEachConsumer(
        unit,
        consumer -> {
          switch (units.state(consumer)) {
            case QUEUED, FOLLOWING, BACKING_OFF, HELD -> retreat(consumer);
            case DONE -> {
              if (!units.node(consumer).isStep() && units.known(consumer)) {
                units.move(consumer, UnitState.WAITING);
                forget(consumer);
              }
            }
            case WAITING, READY, DISPATCHED, RUNNING, COMMITTING -> {}
          }
        });
  }
}
