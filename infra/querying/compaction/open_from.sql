-- Every line of an earlier day is in the Parquet that the views read.
ALTER TABLE :table SET TBLPROPERTIES ('projection.dt.range' = ':from,NOW+2DAYS')
