package io.intake.store;

/**
 * What {@link ObjectStore} promises, held against every implementation. Where a store keeps a promise only nearly, the code
 * above, which was tried against another, loses or doubles hospital files on it.
 *
 * <p>Where stores legitimately differ, a capability method says so; its default is what Amazon's S3 does. The chapters are
 * {@link ObjectContract}, {@link ConditionContract}, {@link ListingContract} and {@link UploadContract}.
 */
public abstract class ObjectStoreContractTest extends UploadContract {}
