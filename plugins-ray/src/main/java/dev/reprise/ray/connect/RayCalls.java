package dev.reprise.ray.connect;

import java.util.List;
import java.util.Map;

/**
 * What we ask of Ray, in words of the JDK: who implements it lives in a class loader of its own.
 */
public interface RayCalls {
  /** Connects this process, by the system properties that begin with {@code ray.}. */
  void init();

  /** Starts a task; returns its result's reference. */
  Object submit(String name, Map<String, Double> resources, byte[] frame);

  /**
   * Waits until {@code most} of the references have a result or an error, or the time is over;
   * returns those that have.
   */
  List<Object> ready(List<Object> refs, int most, int timeoutMillis);

  /** The result; throws what became of the task otherwise. */
  byte[] get(Object ref, int timeoutMillis);

  /** The nodes that are alive. */
  List<Node> nodes();

  /**
   * A node of the cluster.
   *
   * @param resources what it has in all, by name
   */
  record Node(String host, Map<String, Double> resources) {
    public Node {
      resources = Map.copyOf(resources);
    }
  }
}
