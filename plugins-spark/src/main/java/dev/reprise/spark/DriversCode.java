package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.WorkChunk;
import dev.reprise.spark.code.ClassPath;
import dev.reprise.spark.code.CodePlan;
import dev.reprise.spark.code.Shipping;
import dev.reprise.worker.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's code on the executors of a cluster.
 *
 * @see <a href="../../../../../../docs/adr/0003-the-drivers-code.md">ADR-0003, the driver's
 *     code</a>
 */
final class DriversCode {
  private static final Logger LOG = LoggerFactory.getLogger(DriversCode.class);

  private final Shipping shipping;
  private final CodePlan plan;
  private final Roster roster;

  private DriversCode(Shipping shipping, CodePlan plan, Roster roster) {
    this.shipping = shipping;
    this.plan = plan;
    this.roster = roster;
  }

  /**
   * Looks at an executor and sends what it lacks.
   *
   * @param store must be reached by the executors, too
   * @throws ExecutorUnavailableException if there is no executor in time, or it cannot be used
   */
  static DriversCode send(SparkLink link, StorePlace store, Duration timeout, ClassLoader userCode)
      throws ExecutorUnavailableException {
    try {
      ClassPath classPath = ClassPath.of(userCode);
      Shipping shipping = Shipping.of(link.context(), classPath);
      boolean sent = false;
      try {
        // What it takes to ask.
        shipping.ship(List.of(Prelude.class, Worker.class, Bytes.class));
        shipping.shipAllBut(look(link, store, timeout).inventory());
        sent = true;
      } finally {
        if (!sent) {
          shipping.close(false);
        }
      }
      CodePlan plan = new CodePlan(classPath, shipping);
      return new DriversCode(shipping, plan, new Roster(link, plan, Ticker.system()));
    } catch (IOException e) {
      throw new ExecutorUnavailableException(
          "the driver's code cannot be sent to Spark's executors: " + e.getMessage(), e);
    }
  }

  private static Prelude.Found look(SparkLink link, StorePlace store, Duration timeout)
      throws ExecutorUnavailableException {
    String master = link.context().master();
    Prelude.Found found;
    try {
      byte[][] answer = new byte[1][];
      link.ask(
          new Prelude(),
          "reprise: look at an executor",
          List.of(Prelude.question(store)),
          List.of(""),
          timeout.toNanos(),
          (index, bytes) -> answer[index] = bytes);
      found = Prelude.Found.of(new ByteReader(answer[0]));
    } catch (TimeoutException e) {
      throw new ExecutorUnavailableException(
          "no executor of Spark on %s took a task within %s s; look at its page whether it has free workers, or give it longer with spark.start-timeout"
              .formatted(master, timeout.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutorUnavailableException("interrupted while Spark was started", e);
    } catch (BadRecordException e) {
      throw new ExecutorUnavailableException(
          "the executors of Spark on %s run another release of Reprise".formatted(master), e);
    } catch (Exception e) {
      throw new ExecutorUnavailableException(
          "the executors of Spark on %s cannot be used: %s".formatted(master, e.getMessage()), e);
    }
    if (!found.trouble().isEmpty()) {
      throw new ExecutorUnavailableException(
          "the store %s cannot be used on %s: %s; name a folder that driver and executors share with --store"
              .formatted(store, found.host(), found.trouble()),
          null);
    }
    if (found.java() < Runtime.version().feature()) {
      LOG.warn(
          "the executor on {} runs Java {}, this driver {}; classes compiled for the latter may not load there",
          found.host(),
          found.java(),
          Runtime.version().feature());
    }
    return found;
  }

  /**
   * Takes a step's code into what executors must find as the driver does.
   *
   * @throws ExecutorUnavailableException if it cannot be read
   */
  void cover(WorkChunk chunk) throws ExecutorUnavailableException {
    plan.cover(chunk);
  }

  /** Who knows the executors. */
  Roster roster() {
    return roster;
  }

  /**
   * Removes what was made to be sent.
   *
   * @param now false if executors of the application may still come to fetch it
   */
  void close(boolean now) {
    shipping.close(now);
  }
}
