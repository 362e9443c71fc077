package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.Ticker;
import dev.reprise.spark.code.CodePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * The executors of an application, and whether each would run the driver's code. A task of ours
 * looks by itself before it runs user code; Spark's own tasks of a query cannot, so executors are
 * asked before, during and after it.
 */
final class Roster {
  private static final String TITLE = "reprise: compare the code of executors";

  private final SparkLink link;
  private final CodePlan plan;
  private final Ticker ticker;

  /* Held while executors are asked, by units on datasets in threads of their own. */
  private final ReentrantLock asking = new ReentrantLock();

  /*
   * This object's monitor guards what follows, and nobody who has it waits for Spark's jobs. A table has
   * all that those before it had. So an executor that had the classes of one has those of the earlier
   * ones; who was found good stays so after it has left, as ids are not used again.
   */
  private final Map<String, Integer> good = new HashMap<>();
  private final Set<String> busy = new HashSet<>();
  private byte @Nullable [] table;
  private @Nullable Code sent;

  Roster(SparkLink link, CodePlan plan, Ticker ticker) {
    this.link = link;
    this.plan = plan;
    this.ticker = ticker;
  }

  /**
   * The classes that executors must have.
   *
   * @param table as Spark sends it
   * @param version grows with the table
   */
  record Code(Broadcast<byte[]> table, int version) {}

  /** The classes that executors must have by now; the same until there are more. */
  synchronized Code code() {
    byte[] now = plan.table();
    Code known = sent;
    if (known == null || !Arrays.equals(now, table)) {
      known =
          new Code(
              JavaSparkContext.fromSparkContext(link.context()).broadcast(now),
              known == null ? 1 : known.version() + 1);
      sent = known;
      table = now;
      busy.clear();
    }
    return known;
  }

  /**
   * Asks those executors that were not asked yet. One that was too busy to answer is not asked
   * again here.
   *
   * @return what is wrong with one of them; empty if nothing is
   * @throws UnknownCodeException if one has no time to answer
   */
  String troubleOfNew(Duration most) throws InterruptedException, UnknownCodeException {
    return trouble(() -> unchecked(false), most);
  }

  /** As {@link #troubleOfNew}, but asks busy ones, too. */
  String troubleOfAll(Duration most) throws InterruptedException, UnknownCodeException {
    return trouble(() -> unchecked(true), most);
  }

  /**
   * Asks those of these executors that were not asked yet.
   *
   * @param version of the code that they ran
   * @return what is wrong with one of them; empty if nothing is
   * @throws UnknownCodeException if one has no time to answer, or left before it was asked
   */
  String troubleOf(Set<String> executors, int version, Duration most)
      throws InterruptedException, UnknownCodeException {
    String trouble =
        trouble(
            () -> {
              Set<String> left = unchecked(executors, version);
              left.retainAll(link.executors());
              return left;
            },
            most);
    Set<String> gone = trouble.isEmpty() ? unchecked(executors, version) : Set.of();
    if (!gone.isEmpty()) {
      throw new UnknownCodeException(
          "executor %s ran tasks and left before its code could be compared with the driver's, so what was made is not kept; look in Spark's page or log why it left"
              .formatted(String.join(", ", gone)));
    }
    return trouble;
  }

  private synchronized Set<String> unchecked(boolean withBusy) {
    Set<String> left = unchecked(link.executors(), code().version());
    if (!withBusy) {
      left.removeAll(busy);
    }
    return left;
  }

  private synchronized Set<String> unchecked(Set<String> executors, int version) {
    Set<String> left = new TreeSet<>(executors);
    left.removeIf(id -> good.getOrDefault(id, 0) >= version);
    return left;
  }

  private String trouble(Supplier<Set<String>> unchecked, Duration most)
      throws InterruptedException, UnknownCodeException {
    long end = ticker.nanos() + most.toNanos();
    if (unchecked.get().isEmpty()) {
      return "";
    }
    if (!asking.tryLock(most.toNanos(), TimeUnit.NANOSECONDS)) {
      throw noAnswer(unchecked.get(), most, null);
    }
    try {
      // The question to an executor that is busy for longer than Spark waits for it goes elsewhere.
      for (Set<String> left = unchecked.get(); !left.isEmpty(); left = unchecked.get()) {
        String trouble = ask(left, end);
        if (!trouble.isEmpty()) {
          return trouble;
        }
      }
      return "";
    } catch (TimeoutException e) {
      Set<String> silent = unchecked.get();
      synchronized (this) {
        busy.addAll(silent);
      }
      throw noAnswer(silent, most, e);
    } finally {
      asking.unlock();
    }
  }

  private static UnknownCodeException noAnswer(
      Set<String> executors, Duration most, @Nullable Exception cause) {
    String message =
        "executors %s were asked whether they have the driver's code and did not answer within %s s; what they may have made is not kept. If their tasks take longer, give them longer with spark.start-timeout"
            .formatted(String.join(", ", executors), most.toSeconds());
    return cause == null
        ? new UnknownCodeException(message)
        : new UnknownCodeException(message, cause);
  }

  private String ask(Set<String> executors, long end)
      throws InterruptedException, TimeoutException, UnknownCodeException {
    Code code = code();
    List<String> places = executors.stream().map(SparkLink::placeOf).toList();
    List<byte[]> inputs = Collections.nCopies(places.size(), new byte[0]);
    List<byte[]> answers = Collections.synchronizedList(new ArrayList<>());
    long left = end - ticker.nanos();
    if (left <= 0) {
      throw new TimeoutException();
    }
    Exception failed = null;
    try {
      link.ask(
          new CodeQuestion(code.table()),
          TITLE,
          inputs,
          places,
          left,
          (index, answer) -> answers.add(answer));
    } catch (Exception e) {
      failed = e;
    }
    // Whoever answered has answered, also if others did not.
    for (byte[] answer : answers.toArray(byte[][]::new)) {
      String trouble = take(answer, code.version());
      if (!trouble.isEmpty()) {
        return trouble;
      }
    }
    if (failed instanceof InterruptedException interrupt) {
      throw interrupt;
    }
    if (failed instanceof TimeoutException late) {
      throw late;
    }
    if (failed != null) {
      // Executors that went away take their answers with them; Spark has tried each several times.
      throw new UnknownCodeException(
          "the code of executors %s cannot be compared with the driver's: %s"
              .formatted(String.join(", ", executors), failed.getMessage()),
          failed);
    }
    return "";
  }

  /** Returns what is wrong with who answered; empty if nothing is. */
  private synchronized String take(byte[] answer, int version) {
    try {
      ByteReader from = new ByteReader(answer);
      String id = from.getString();
      String trouble = from.getString();
      if (trouble.isEmpty()) {
        good.merge(id, version, Math::max);
      }
      return trouble;
    } catch (BadRecordException e) {
      return "the executors run another release of Reprise";
    }
  }
}
