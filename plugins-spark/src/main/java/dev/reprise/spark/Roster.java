package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.Ticker;
import dev.reprise.spark.code.CodePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * The executors of an application, and whether each would run the driver's code. A task of ours
 * looks by itself before it runs user code; Spark's own tasks of a query cannot, so executors are
 * asked before and after it.
 */
final class Roster {
  private static final String TITLE = "reprise: compare the code of executors";

  private final SparkLink link;
  private final CodePlan plan;
  private final Ticker ticker;

  /* Units on datasets ask in threads of their own; the lock guards what follows. */
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<String> checked = new HashSet<>();
  private final Set<String> busy = new HashSet<>();
  private byte @Nullable [] table;
  private @Nullable Broadcast<byte[]> sent;

  Roster(SparkLink link, CodePlan plan, Ticker ticker) {
    this.link = link;
    this.plan = plan;
    this.ticker = ticker;
  }

  /** The classes that executors must have, as Spark sends them; the same until there are more. */
  Broadcast<byte[]> code() {
    lock.lock();
    try {
      byte[] now = plan.table();
      Broadcast<byte[]> known = sent;
      if (known == null || !Arrays.equals(now, table)) {
        known = JavaSparkContext.fromSparkContext(link.context()).broadcast(now);
        sent = known;
        table = now;
        checked.clear();
        busy.clear();
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Asks those executors that were not asked yet. One that was too busy to answer is not asked
   * again here.
   *
   * @return what is wrong with one of them; empty if nothing is
   * @throws TimeoutException if one has no time to answer
   */
  String troubleOfAll(Duration most) throws InterruptedException, TimeoutException {
    return trouble(most, id -> !busy.contains(id));
  }

  /** Whether all executors that are there were asked. */
  boolean knowsAll() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      code();
      return unchecked(any -> true).isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Asks those of these executors that were not asked yet, and are still there.
   *
   * @return what is wrong with one of them; empty if nothing is
   * @throws TimeoutException if one has no time to answer
   */
  String troubleOf(Set<String> executors, Duration most)
      throws InterruptedException, TimeoutException {
    return trouble(most, executors::contains);
  }

  private String trouble(Duration most, Predicate<String> wanted)
      throws InterruptedException, TimeoutException {
    lock.lockInterruptibly();
    try {
      Broadcast<byte[]> code = code();
      long end = ticker.nanos() + most.toNanos();
      Set<String> left = unchecked(wanted);
      try {
        // The question to an executor that is busy for longer than Spark waits for it goes
        // elsewhere.
        while (!left.isEmpty()) {
          String trouble = ask(left, code, end);
          if (!trouble.isEmpty()) {
            return trouble;
          }
          left = unchecked(wanted);
        }
      } catch (TimeoutException e) {
        busy.addAll(left);
        throw e;
      }
      return "";
    } finally {
      lock.unlock();
    }
  }

  private Set<String> unchecked(Predicate<String> wanted) {
    Set<String> there = link.executors();
    checked.retainAll(there);
    busy.retainAll(there);
    Set<String> left = new TreeSet<>(there);
    left.removeAll(checked);
    left.removeIf(wanted.negate());
    return left;
  }

  private String ask(Set<String> executors, Broadcast<byte[]> code, long end)
      throws InterruptedException, TimeoutException {
    List<byte[]> inputs = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (String id : executors) {
      inputs.add(new byte[0]);
      places.add(SparkLink.placeOf(id));
    }
    try {
      long left = end - ticker.nanos();
      if (left <= 0) {
        throw new TimeoutException("executors %s do not answer".formatted(executors));
      }
      for (byte[] answer : link.ask(new CodeQuestion(code), TITLE, inputs, places, left)) {
        ByteReader from = new ByteReader(answer);
        String id = from.getString();
        String trouble = from.getString();
        if (!trouble.isEmpty()) {
          return trouble;
        }
        checked.add(id);
      }
      return "";
    } catch (InterruptedException | TimeoutException e) {
      throw e;
    } catch (BadRecordException e) {
      return "the executors run another release of Reprise";
    } catch (Exception e) {
      // Executors that went away take their answers with them; Spark has tried each several times.
      TimeoutException told =
          new TimeoutException(
              "the code of executors %s cannot be compared: %s"
                  .formatted(executors, e.getMessage()));
      told.initCause(e);
      throw told;
    }
  }
}
