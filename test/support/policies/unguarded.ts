/** Inputs that no policy check would miss, each group with the reason. */
export const unguarded: Readonly<Record<string, ReadonlyArray<string>>> = {
  "texts for people": [
    "CatalogTable inputs.description",
    "EventRule inputs.description",
    "NamedQuery inputs.description",
    "Secret inputs.description",
  ],
  "the local run makes its tables from these: with others, no test that runs the program passes": [
    "Table inputs.attributes.*.name",
    "Table inputs.attributes.*.type",
    "Table inputs.globalSecondaryIndexes.*.hashKey",
    "Table inputs.globalSecondaryIndexes.*.name",
    "Table inputs.globalSecondaryIndexes.*.projectionType",
    "Table inputs.globalSecondaryIndexes.*.rangeKey",
    "Table inputs.hashKey",
    "Table inputs.rangeKey",
  ],
  "the provider's types ask for them: without them the program does not compile": [
    "CatalogTable inputs.databaseName",
    "CatalogTable inputs.partitionKeys.*.name",
    "Dashboard inputs.dashboardName",
  ],
  "any name serves: everything else refers to the resource's own": ["CatalogTable inputs.name"],
  "a wrong value costs a little money, and nothing else": [
    "BucketServerSideEncryptionConfiguration inputs.rules.*.bucketKeyEnabled",
    "Queue inputs.receiveWaitTimeSeconds",
    "Workgroup inputs.configuration.publishCloudwatchMetricsEnabled",
  ],
  "a wrong value is a few log lines more or fewer": ["Function inputs.environment.variables.LOG_LEVEL"],
  "a destroy or a creation that fails can be repeated": [
    "BucketPolicy options.dependsOn.*",
    "Workgroup inputs.forceDestroy",
  ],
  "the local run makes its bus and its stream from it: without it nothing runs": [
    "EventBus inputs.tags.invocationsPerSecond",
    "FirehoseDeliveryStream inputs.tags.quotaMebibytesPerSecond",
  ],
  "the configuration's own: aws:region has to be given": ["aws inputs.region"],
  "defaults of Pulumi's provider": ["aws inputs.skipCredentialsValidation", "aws inputs.skipRegionValidation"],
};
