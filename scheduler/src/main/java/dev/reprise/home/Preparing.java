package dev.reprise.home;

import dev.reprise.plan.Probing;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The probes that are asked where runs and plans are prepared. Nobody has a run to cancel by then,
 * and whoever closes the home would wait for each. Any thread may call.
 */
final class Preparing {
  private final Set<Probing> asking = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  /** Does something that asks probes, which are interrupted as soon as this has ended. */
  <T> T whileAsking(Probing probing, Supplier<T> work) {
    asking.add(probing);
    try {
      if (ended) { // set before it looks at who is asking, so that one of both sees the other
        probing.interrupt();
      }
      return work.get();
    } finally {
      asking.remove(probing);
    }
  }

  /** Interrupts all that are asked, now and from now on. */
  void end() {
    ended = true;
    asking.forEach(Probing::interrupt);
  }
}
