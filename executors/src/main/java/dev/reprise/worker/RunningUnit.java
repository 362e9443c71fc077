package dev.reprise.worker;

import dev.reprise.cache.base.Bytes;
import dev.reprise.task.TaskContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One attempt as its worker sees it: who it is, whether it was asked to end, what it printed. */
public final class RunningUnit extends TaskContext {
  private final String run;
  private final String step;
  private final String label;
  private final long attempt;
  private final UnitOutput output = new UnitOutput();
  private final List<Path> folders = new ArrayList<>(0);
  private volatile boolean cancelled;

  /** Guarded by this: user code may have threads. */
  private Map<String, String> dataVersions = Map.of(); // most units say none

  public RunningUnit(String run, String step, String label, long attempt) {
    this.run = run;
    this.step = step;
    this.label = label;
    this.attempt = attempt;
  }

  @Override
  public String run() {
    return run;
  }

  @Override
  public String step() {
    return step;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public long attempt() {
    return attempt;
  }

  @Override
  public boolean cancelled() {
    return cancelled;
  }

  @Override
  protected synchronized void say(String output, String version) {
    if (dataVersions.isEmpty()) {
      dataVersions = new TreeMap<>();
    }
    dataVersions.put(output, version);
  }

  /** Versions of data that user code said, by result; under the empty name that of all. */
  synchronized Map<String, String> dataVersions() {
    return Map.copyOf(dataVersions);
  }

  /** Asks the unit to end; whoever owns its thread interrupts it besides. */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Ends the capture and returns what was printed. What threads of the unit print from now on goes
   * to the process's standard error.
   */
  public Bytes sealOutput() {
    return output.seal();
  }

  UnitOutput output() {
    return output;
  }

  void begin() {
    enter();
  }

  /**
   * Takes over a folder that nobody needs when the unit is over. Called by the unit's own thread.
   */
  void addFolder(Path folder) {
    folders.add(folder);
  }

  void end() {
    leave();
    ScratchFolders.remove(folders);
  }
}
