package dev.reprise.cache.fingerprint;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The classes that were met while values got their canonical forms, and that may be a user's: who
 * gets the values may run their methods. Belongs to one thread.
 */
public final class MetClasses {
  private final Set<Class<?>> instances = new LinkedHashSet<>();
  private final Set<Class<?>> handedOn = new LinkedHashSet<>();
  private Class<?> last = Void.class;

  /** Notes the class of a value. */
  public void instance(Class<?> type) {
    if (type != last) { // large values hold many of one class in a row
      last = type;
      instances.add(type);
    }
  }

  /** Notes a class that is itself a value. */
  public void handedOn(Class<?> type) {
    handedOn.add(type);
  }

  /** Classes of which an instance is in a value. */
  public Set<Class<?>> instances() {
    return Collections.unmodifiableSet(instances);
  }

  /** Classes that are values themselves: reflection has them. */
  public Set<Class<?>> handedOn() {
    return Collections.unmodifiableSet(handedOn);
  }
}
