package dev.reprise.spark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/** Which executors ran tasks of a job group, as Spark tells it some time later. */
final class Participants extends SparkListener {
  private static final String GROUP = "spark.jobGroup.id";

  private final String prefix;
  private final Map<Integer, String> groups = new HashMap<>();
  private final Map<String, Set<String>> executors = new HashMap<>();

  /**
   * @param prefix of the groups that are meant
   */
  Participants(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    String group = start.properties() == null ? null : start.properties().getProperty(GROUP);
    if (group != null && group.startsWith(prefix)) {
      for (StageInfo stage : CollectionConverters.asJava(start.stageInfos())) {
        groups.put(stage.stageId(), group);
      }
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    String group = groups.get(start.stageId());
    if (group != null) {
      executors.computeIfAbsent(group, any -> new HashSet<>()).add(start.taskInfo().executorId());
    }
  }

  /** Ids of the executors of a group, which is forgotten; of one that is over, and was told. */
  synchronized Set<String> take(String group) {
    groups.values().removeIf(group::equals);
    Set<String> found = executors.remove(group);
    return found == null ? Set.of() : found;
  }
}
