package dev.reprise.bench.ratio;

import java.util.Collection;

/** Where the time of a machine's processors goes. */
interface ProcessorTime {
  /** For how long the processors were busy since some moment in the past, in seconds, summed. */
  double busySeconds();

  /** What the processes have used that are not foreign and run now; each once, in any order. */
  Collection<ProcessTimes> processes();
}
