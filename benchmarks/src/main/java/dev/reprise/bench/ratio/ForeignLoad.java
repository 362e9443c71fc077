package dev.reprise.bench.ratio;

import dev.reprise.cache.base.Ticker;

/**
 * How busy other processes keep the machine while something is measured: the processors' busy time
 * less that of this process, of those that are known to work for it, and of their children.
 *
 * <p>The processes come and go, as Ray's workers do, and what an ended one used is known to nobody
 * but a parent that waited for it; so samples are taken from time to time, see {@link Sampler}.
 * What a process used after its last sample counts as foreign unless its parent waited for it, and
 * so does one that no sample met. Safe for threads.
 */
final class ForeignLoad {
  private final Ticker ticker;
  private final ProcessorTime time;
  private final SampledTime own = new SampledTime(); // and the two calls of time: holding this
  private final long begun;
  private final double busyBefore;

  /** Begins with a first sample. */
  ForeignLoad(Ticker ticker, ProcessorTime time) {
    this.ticker = ticker;
    this.time = time;
    begun = ticker.nanos();
    busyBefore = time.busySeconds();
    own.add(time.processes());
  }

  /** Takes a sample of the processes that are not foreign. */
  synchronized void sample() {
    own.add(time.processes());
  }

  /** Cores that others kept busy since this was made, on average. Takes a last sample. */
  synchronized double cores() {
    double seconds = (ticker.nanos() - begun) / 1e9;
    double busy = time.busySeconds() - busyBefore;
    sample();
    return seconds <= 0 ? 0 : Math.max(0, (busy - own.seconds()) / seconds);
  }
}
