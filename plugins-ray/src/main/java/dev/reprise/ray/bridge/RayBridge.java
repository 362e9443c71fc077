package dev.reprise.ray.bridge;

import dev.reprise.ray.bootstrap.RayEntry;
import dev.reprise.ray.connect.RayCalls;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import io.ray.api.WaitResult;
import io.ray.api.call.TaskCaller;
import io.ray.api.runtime.RayRuntime;
import io.ray.api.runtimecontext.NodeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls Ray. Only bytes cross: whatever else does, Ray 2.58 cannot carry on Java 17. */
public final class RayBridge implements RayCalls {
  private volatile @Nullable RayRuntime runtime;

  /** Made by reflection, in the loader that has Ray. */
  public RayBridge() {}

  @Override
  public void init() {
    RayInsides.prepare();
    runtime = RayInsides.start();
  }

  @Override
  public void endAtOnce() {
    RayInsides.endAtOnce();
  }

  @Override
  public void shutdown() {
    RayRuntime started = runtime;
    if (started != null) {
      started.shutdown();
    }
  }

  @Override
  public Object submit(String name, Map<String, Double> resources, byte[] frame) {
    TaskCaller<byte[]> task = Ray.task(RayEntry::run, frame);
    return task.setName(name).setResources(resources).remote();
  }

  @Override
  @SuppressWarnings("unchecked") // made by submit
  public List<Object> ready(List<Object> refs, int most, int timeoutMillis) {
    List<ObjectRef<byte[]>> all = new ArrayList<>(refs.size());
    for (Object ref : refs) {
      all.add((ObjectRef<byte[]>) ref);
    }
    WaitResult<byte[]> result = Ray.wait(all, most, timeoutMillis);
    return new ArrayList<>(result.getReady());
  }

  @Override
  @SuppressWarnings("unchecked") // made by submit
  public byte[] get(Object ref, int timeoutMillis) {
    return Ray.get((ObjectRef<byte[]>) ref, timeoutMillis);
  }

  @Override
  public List<Node> nodes() {
    List<Node> nodes = new ArrayList<>();
    for (NodeInfo node : Ray.getRuntimeContext().getAllNodeInfo()) {
      if (node.isAlive) {
        nodes.add(new Node(node.nodeHostname, node.resources, node.rayletSocketName));
      }
    }
    return nodes;
  }
}
