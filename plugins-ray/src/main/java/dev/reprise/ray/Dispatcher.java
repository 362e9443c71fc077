package dev.reprise.ray;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.ray.bootstrap.Reply;
import dev.reprise.ray.bootstrap.Reply.Failure;
import dev.reprise.ray.connect.RayCalls;
import dev.reprise.ray.connect.RayConnection;
import dev.reprise.ray.worker.ChunkReply;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that speaks with Ray: puts units into tasks, and takes what comes back. */
final class Dispatcher implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** How often one looks what tasks do that take their time. */
  private static final long PROGRESS_NANOS = 50_000_000L;

  /** How often in a row Ray may fail before the connection counts as broken. */
  private static final int MOST_FAILURES = 5;

  private static final long FAILURE_NAP_NANOS = 200_000_000L;
  private static final int MOST_WAIT_MILLIS = 20;
  private static final int GET_MILLIS = 30_000;

  private final String run;
  private final RayCalls calls;
  private final Traffic traffic;
  private final TaskFrames frames;
  private final Pulse pulse;
  private final ResultStore store;
  private final Ticker ticker;

  /**
   * @param run the run's id
   */
  Dispatcher(
      String run,
      RayConnection connection,
      Traffic traffic,
      TaskFrames frames,
      ResultStore store,
      Runnable keepCode,
      Ticker ticker) {
    this.run = run;
    this.calls = connection.calls();
    this.pulse = new Pulse(connection, traffic, keepCode, ticker);
    this.traffic = traffic;
    this.frames = frames;
    this.store = store;
    this.ticker = ticker;
  }

  @Override
  public void run() {
    long progressAt = ticker.nanos();
    int wait = 1;
    int failures = 0;
    while (traffic.await()) {
      try {
        wait = send() ? 1 : Math.min(MOST_WAIT_MILLIS, 2 * wait);
        if (receive(wait)) {
          wait = 1;
        }
        long now = ticker.nanos();
        if (now - progressAt >= 0) {
          traffic.progress();
          traffic.giveUp();
          progressAt = now + PROGRESS_NANOS;
        }
        pulse.look();
        failures = 0;
      } catch (RuntimeException | Error e) {
        LOG.debug("Ray fails", e);
        if (++failures >= MOST_FAILURES) {
          traffic.gone("the connection to Ray failed: " + e);
        }
        LockSupport.parkNanos(FAILURE_NAP_NANOS);
      }
    }
  }

  /** Puts units into tasks as long as there is room; whether there were any. */
  private boolean send() {
    boolean any = false;
    for (Flight flight = traffic.next(); flight != null; flight = traffic.next()) {
      try {
        Map<String, Double> wanted = Capacity.asked(flight.step.resources(), run);
        flight.ref = calls.submit(flight.title(), wanted, frames.of(flight));
        any = true;
      } catch (RuntimeException e) {
        LOG.debug("Ray refuses a task", e);
        traffic.refused(flight, "Ray refuses its task: " + e);
      }
    }
    return any;
  }

  /** Takes what has come; waits a little if nothing has. Whether something came. */
  private boolean receive(int millis) {
    IdentityHashMap<Object, Flight> byRef = new IdentityHashMap<>();
    List<Object> refs = new ArrayList<>();
    for (Flight flight : traffic.flights()) {
      Object ref = requireNonNull(flight.ref);
      byRef.put(ref, flight);
      refs.add(ref);
    }
    if (refs.isEmpty()) {
      return false;
    }
    List<Object> ready = calls.ready(refs, 1, millis);
    if (!ready.isEmpty() && refs.size() > 1) {
      ready = calls.ready(refs, refs.size(), 0);
    }
    for (Object ref : ready) {
      receive(requireNonNull(byRef.get(ref)), ref);
    }
    return !ready.isEmpty();
  }

  /** Whatever Ray throws is none of the user's errors: those come as answers. */
  private void receive(Flight flight, Object ref) {
    Reply reply;
    try {
      reply = Reply.decode(calls.get(ref, GET_MILLIS));
    } catch (RuntimeException e) {
      pulse.settle();
      traffic.died(flight, e);
      return;
    }
    Failure failure = reply.failure();
    if (failure != null) {
      traffic.failed(flight, failure);
      return;
    }
    try {
      traffic.answered(flight, ChunkReply.decode(reply.body())).forEach(this::discard);
    } catch (EnvelopeException | BadRecordException e) {
      traffic.refused(flight, "what a worker answered cannot be read: " + Text.why(e));
    }
  }

  /** Drops what an answer that nobody waits for has in the store. */
  private void discard(AttemptResult result) {
    if (result instanceof Success success) {
      for (PartitionRef partition : success.manifest().partitions()) {
        if (partition.location() instanceof Location.Pending pending) {
          store.discard(pending);
        }
      }
    }
  }
}
