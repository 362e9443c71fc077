package dev.reprise.ray.connect;

import java.util.List;
import java.util.Map;

/**
 * What we ask of Ray, in words of the JDK: who implements it lives in a class loader of its own.
 */
public interface RayCalls {
  /** Connects this process, by the system properties that begin with {@code ray.}. */
  void init();

  /** Disconnects; waits for ever if the cluster is gone. */
  void shutdown();

  /** To be called when the process is about to end: what Ray runs natively must not hinder it. */
  void endAtOnce();

  /** Starts a task; returns its result's reference. */
  Object submit(String name, Map<String, Double> resources, byte[] frame);

  /**
   * Waits until {@code most} of the references have a result or an error, or the time is over;
   * returns those that have.
   */
  List<Object> ready(List<Object> refs, int most, int timeoutMillis);

  /** The result; throws what became of the task otherwise. */
  byte[] get(Object ref, int timeoutMillis);

  /** The nodes that are alive; waits for ever if the head hangs. */
  List<Node> nodes();

  /**
   * A node of the cluster.
   *
   * @param resources what it has in all, by name
   * @param socket of its raylet, a file there
   */
  record Node(String host, Map<String, Double> resources, String socket) {
    public Node {
      resources = Map.copyOf(resources);
    }
  }
}
