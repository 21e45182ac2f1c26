/** Every published event. Rules of others in the same account may listen as well (source `posthorn`). */
export const bus = new sst.aws.Bus("Bus")
