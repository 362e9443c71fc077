package dev.reprise.ray;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import dev.reprise.ray.connect.RayCalls.Node;
import dev.reprise.ray.connect.RayConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether the cluster is there. Ray's own calls do not tell that the head is
 * gone: they wait for another. By the dispatcher.
 */
final class Pulse {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  private static final long EVERY_NANOS = 2_000_000_000L;

  private static final long NAP_NANOS = 200_000_000L;

  /** Far more often than code grows old, see {@code CodeSweep}. */
  private static final long KEEP_NANOS = 3_600_000_000_000L;

  /** How long the head may be silent before all that is in the cluster counts as lost. */
  private static final long SILENCE_NANOS = 10_000_000_000L;

  /** How often in a row the cluster may not tell its nodes, though its head answers. */
  private static final int MOST_REFUSALS = 15;

  /** How long to wait for the nodes at each look; the answer may also be there at the next. */
  private static final Duration ANSWER = Duration.ofMillis(200);

  private final RayConnection connection;
  private final Traffic traffic;
  private final Runnable keepCode;
  private final Ticker ticker;

  private long nextAt;
  private long keepAt;
  private boolean silent;
  private boolean gone;
  private long silentSince;
  private int refusals;

  /**
   * @param keepCode tells that the code of this driver is in use
   */
  Pulse(RayConnection connection, Traffic traffic, Runnable keepCode, Ticker ticker) {
    this.keepCode = keepCode;
    this.connection = connection;
    this.traffic = traffic;
    this.ticker = ticker;
    nextAt = ticker.nanos();
    keepAt = nextAt + KEEP_NANOS;
  }

  /** Takes at most a second or so. */
  void look() {
    long now = ticker.nanos();
    if (now - nextAt < 0) {
      return;
    }
    nextAt = now + EVERY_NANOS;
    if (now - keepAt >= 0) {
      keepCode.run();
      keepAt = now + KEEP_NANOS;
    }
    if (beats()) {
      lookAtNodes();
    }
  }

  private void lookAtNodes() {
    List<Node> nodes;
    try {
      nodes = connection.nodes(ANSWER);
    } catch (RuntimeException e) {
      LOG.debug("Ray does not tell its nodes", e);
      if (++refusals == MOST_REFUSALS) {
        gone("it does not tell its nodes: " + Text.why(e));
      }
      return; // those that were known are good until then
    }
    refusals = 0;
    traffic.capacity(new Capacity(nodes));
    if (nodes.isEmpty()) {
      gone("it has no node any more");
    }
  }

  /**
   * A task was lost. If it was not the only one, that is no fault of the unit, whose attempts are
   * counted; so this waits until it is known whether the cluster is still there.
   */
  void settle() {
    while (!gone && !beats()) {
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  private boolean beats() {
    if (connection.answers()) {
      silent = false;
      return true;
    }
    long now = ticker.nanos();
    if (!silent) {
      silent = true;
      silentSince = now;
    } else if (now - silentSince >= SILENCE_NANOS) {
      gone(
          "its head, or the raylet of this machine, has not answered for %s s"
              .formatted((now - silentSince) / 1_000_000_000));
    }
    return false;
  }

  private void gone(String why) {
    gone = true;
    traffic.gone(
        "the Ray cluster at %s is gone: %s; once it is back, run again: what was done by then is kept"
            .formatted(connection.place().address(), why));
  }
}
