package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.objenesis.instantiator.ObjectInstantiator;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;

/**
 * Makes instances of a plain class. By its constructor without arguments if it has one, so that
 * transient fields are what the class makes them; else by none, and they are null or zero.
 */
final class Instances {
  private final Class<?> type;
  private @Nullable Maker maker;

  @FunctionalInterface
  private interface Maker {
    Object make() throws ReflectiveOperationException;
  }

  Instances(Class<?> type) {
    this.type = type;
  }

  Object make() throws ReflectiveOperationException {
    Maker known = maker;
    if (known == null) {
      known = maker();
      maker = known;
    }
    return known.make();
  }

  private Maker maker() {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor::newInstance;
    } catch (NoSuchMethodException e) {
      ObjectInstantiator<?> instantiator = new StdInstantiatorStrategy().newInstantiatorOf(type);
      return instantiator::newInstance;
    }
  }
}
